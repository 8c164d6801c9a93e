import fc from 'fast-check';
import { loadDocuments } from '../../src/definition';

const faultsOf = (text: string, file = 'document.yaml') =>
  loadDocuments([{ file, text }]).errors.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('a fault of syntax', () => {
  const cases = [
    { name: 'a tab', text: 'spec:\n\ta: 1\n', fault: '2:1 a tab is used for indentation' },
    { name: 'an open bracket', text: 'spec: [1, 2\n', fault: '1:12 what was opened before is not closed by ]' },
    { name: 'an open brace', text: 'spec: { a: 1\n', fault: '1:13 what was opened before is not closed by }' },
    { name: 'an open quote', text: "spec: 'a\n", fault: "1:9 what was opened before is not closed by '" },
    { name: 'a bracket too many', text: 'spec: [1]]\n', fault: '1:10 nothing of this kind can stand here' },
    {
      name: 'a colon without quotes',
      text: 'run: a: b\n',
      fault: '1:6 there is a second key or list where a value was begun',
    },
    { name: 'a sign that begins nothing', text: 'run: @x\n', fault: '1:6 text cannot begin with this sign' },
    { name: 'a line without a colon', text: 'metadata\nspec: 1\n', fault: '1:1 this line is no field' },
    {
      name: 'an unknown escape',
      text: 'run: "\\q"\n',
      fault: '1:7 this is no escape that text in double quotes may have',
    },
    { name: 'an alias of nothing', text: 'a: [1]\nb: *c\n', fault: '2:4 there is no anchor "c" before this alias' },
    {
      name: 'an alias before its anchor',
      text: 'a: *c\nb: &c 1\n',
      fault: '1:4 there is no anchor "c" before this alias',
    },
    {
      name: 'an alias of another document',
      text: '{ a: &c 1, b: *d }\n',
      fault: '1:15 there is no anchor "d" before this alias',
    },
    {
      name: 'an alias of what it is in',
      text: 'a: &a { b: [*a] }\n',
      fault: '1:13 the alias "a" is inside of what it names',
    },
  ];
  it.each(cases)('is told once, at its place: $name', ({ text, fault }) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  const json = [
    { name: 'a missing comma', text: '{\n  "a": 1\n  "b": 2\n}', fault: '3:3 this is not JSON:' },
    { name: 'a comma too many', text: '{ "a": 1, }\n[', fault: '1:11 this is not JSON:' },
    { name: 'an end too early', text: '{ "a": [1, 2\n', fault: '1:13' },
  ];
  it.each(json)('is where a reader of JSON finds it: $name', ({ text, fault }) => {
    const found = faultsOf(text, 'document.json');

    expect(found).toEqual([expect.stringContaining(fault)]);
  });

  it('in one document hides none in another', () => {
    expect(faultsOf('a: [1\n---\nb: *c\n---\nkind: Ap\napiVersion: framework0.io/v1\n')).toEqual([
      expect.stringContaining('is not closed by ]'),
      '3:4 there is no anchor "c" before this alias',
      '5:7 "Ap" is not a known kind',
    ]);
  });

  it('is placed inside of the text, whatever that is', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '\t',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&a ',
      '*a',
      '|',
      '---\n',
      '#',
      '\r\n',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom('x.yaml', 'x.json'), (pieces, file) => {
        const text = pieces.join('');
        const lines = text.split('\n');

        const { errors } = loadDocuments([{ file, text }]);

        expect(errors).not.toEqual([]);
        for (const { line, column } of errors) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
