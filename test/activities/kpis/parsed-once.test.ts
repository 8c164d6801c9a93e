import { ParsedOnce } from '../../../src/activities/kpis/parsed-once';

describe('what is parsed once', () => {
  function rig() {
    const parsed: string[] = [];
    const once = new ParsedOnce((text) => {
      parsed.push(text);
      return { text };
    });
    return { parsed, once };
  }

  it('is parsed once a version, however often it is looked at', () => {
    const { parsed, once } = rig();
    const [first] = once.all(['one', 'two']);

    expect(once.all(['one', 'two'])[0]).toBe(first);
    expect(once.all(['one', 'two, changed'])).toEqual([{ text: 'one' }, { text: 'two, changed' }]);
    expect(parsed).toEqual(['one', 'two', 'two, changed']);
  });

  it('is forgotten when it is there no more', () => {
    const { parsed, once } = rig();

    for (const texts of [['one'], [], ['one']]) once.all(texts);

    expect(parsed).toEqual(['one', 'one']);
  });

  it('is not what could not be parsed', () => {
    const once = new ParsedOnce<object>(() => {
      throw new Error('no platform');
    });
    expect(() => once.all(['one'])).toThrow('no platform');
    expect(() => once.all(['one'])).toThrow('no platform');
  });
});
