'use strict';
// Looks for what must not be in the source, and for the two holes a shop opens first. Exit code 1 when it finds any.
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { listPage } = require('../lib/pages');

const root = path.join(__dirname, '..');
const rules = [
  { name: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { name: 'an AWS access key', pattern: /\bAKIA[0-9A-Z]{16}\b/ },
  { name: 'a password in the source', pattern: /\b(password|secret|token)\s*[:=]\s*['"][^'"]{8,}['"]/i },
  { name: 'code from text', pattern: /\beval\(|new Function\(/ },
  { name: 'a shell', pattern: /require\(['"](node:)?child_process['"]\)/ },
];

const findings = [];
for (const folder of ['.', 'lib']) {
  for (const name of readdirSync(path.join(root, folder)).filter((file) => /\.(js|json|yaml)$/.test(file))) {
    const text = readFileSync(path.join(root, folder, name), 'utf8');
    for (const { name: rule, pattern } of rules) if (pattern.test(text)) findings.push(`${folder}/${name}: ${rule}`);
  }
}

const { dependencies = {} } = require('../package.json');
for (const name of Object.keys(dependencies))
  findings.push(`package.json: ${name} is a dependency nobody has reviewed`);
if (listPage('<script>alert(1)</script>', []).includes('<script>'))
  findings.push('lib/pages.js: a page repeats a script');

for (const finding of findings) console.error(finding);
console.log(findings.length === 0 ? 'nothing found' : `${findings.length} found`);
process.exitCode = findings.length === 0 ? 0 : 1;
