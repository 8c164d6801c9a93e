// Makes a picture of what a command printed: `FORCE_COLOR=1 f0 demo | node scripts/terminal-picture.mjs TITLE > demo.svg`.
// Understands the colours that f0 uses; everything else of ANSI is left out.
import { readFileSync } from 'node:fs';

const theme = {
  30: '#3b4252',
  31: '#e06c75',
  32: '#98c379',
  33: '#e5c07b',
  34: '#61afef',
  35: '#c678dd',
  36: '#56b6c2',
  37: '#dcdfe4',
  90: '#7f848e',
};
const [columnWidth, lineHeight, margin, bar] = [8.4, 19, 18, 34];

const esc = String.fromCharCode(27);
const styleCode = new RegExp(`(${esc}\\[[0-9;]*m)`, 'g');
const cursorCode = new RegExp(`${esc}\\[[0-9;?]*[A-HJKSTfhl]`, 'g');

const xml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One line as spans of one style each. */
function spans(line) {
  let style = { colour: '#dcdfe4', bold: false, dim: false };
  const found = [];
  for (const part of line.split(styleCode)) {
    const code = part.startsWith(esc) ? /\[([0-9;]*)m$/.exec(part) : null;
    if (!code) {
      if (part !== '') found.push({ ...style, text: part });
      continue;
    }
    for (const number of (code[1] || '0').split(';').map(Number)) {
      if (number === 0) style = { colour: '#dcdfe4', bold: false, dim: false };
      else if (number === 1) style = { ...style, bold: true };
      else if (number === 2) style = { ...style, dim: true };
      else if (number === 22) style = { ...style, bold: false, dim: false };
      else if (number === 39) style = { ...style, colour: '#dcdfe4' };
      else if (theme[number]) style = { ...style, colour: theme[number] };
    }
  }
  return found;
}

const title = process.argv[2] ?? '';
const lines = readFileSync(0, 'utf8').replace(cursorCode, '').trimEnd().split('\n');
const columns = Math.max(60, ...lines.map((line) => line.replace(styleCode, '').length));
const width = Math.ceil(columns * columnWidth + 2 * margin);
const height = bar + lines.length * lineHeight + margin;
const text = lines.map((line, row) => {
  const parts = spans(line).map(
    ({ colour, bold, dim, text: words }) =>
      `<tspan fill="${colour}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}>${xml(words)}</tspan>`,
  );
  return `<text x="${margin}" y="${bar + (row + 1) * lineHeight - 4}" xml:space="preserve">${parts.join('')}</text>`;
});
const lights = ['#e06c75', '#e5c07b', '#98c379'].map(
  (colour, index) => `<circle cx="${margin + index * 18}" cy="17" r="5.5" fill="${colour}"/>`,
);
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">
<title>${xml(title)}</title><rect width="100%" height="100%" rx="9" fill="#21252b"/>${lights.join('')}
${text.join('\n')}
</svg>
`,
);
