import { conditionFault, evaluateWhen, type InputTypes } from '../../src/definition/when';

const inputs: InputTypes = { region: { type: 'string' }, replicas: { type: 'number' }, dry: { type: 'boolean' } };
const scope = { release: '1.2.0', inputs: { region: 'eu', replicas: 3, dry: false } };

describe('evaluateWhen', () => {
  const cases = [
    ['inputs.region == "eu"', true],
    ['inputs.region in ["us", "ap"]', false],
    ['inputs.replicas == 3', true],
    ['inputs.replicas > 3.5', false],
    ['!inputs.dry && release.startsWith("1.")', true],
    ['true', true],
  ] as const;
  it.each(cases)('%s is %s', (text, holds) => {
    expect(conditionFault(text, inputs)).toBeNull();
    expect(evaluateWhen(text, inputs, scope)).toEqual({ ok: true, holds });
  });

  it('refuses an answer that is neither true nor false', () => {
    const result = evaluateWhen('inputs.replicas', inputs, scope);

    expect(result).toEqual({ ok: false, message: '"inputs.replicas" gives 3, which is neither true nor false' });
  });
});

describe('conditionFault', () => {
  const faults = [
    ['inputs.regoin == "eu"', 'there is no input "regoin"'],
    ['input.region == "eu"', 'there is no "input", but release and inputs'],
    ['inputs.region ==', 'it ends too early'],
    ['inputs.region > 3', 'no such overload'],
    ['inputs.region', 'is a string, which is neither true nor false'],
    ['', 'is not an expression'],
  ] as const;
  it.each(faults)('says why %s is none', (text, message) => {
    expect(conditionFault(text, inputs)?.message).toContain(message);
  });

  it('suggests the input that was meant', () => {
    expect(conditionFault('inputs.regoin == "eu"', inputs)).toMatchObject({ suggestion: 'region' });
    expect(conditionFault('inputs.region ==', inputs)).toMatchObject({ suggestion: null });
  });
});
