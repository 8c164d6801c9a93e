/** What would run if any of these texts became markup. */
export const attack = `"><img src=x onerror="window.attacked = true"><script>window.attacked = true</script>`;

/** Words that the program itself reads: everything else is text that a document, a person or another system may choose. */
const read =
  /^(phase|state|severity|health|kind|outcome|level|role|unit|direction|band|source|metric|url|temporalUiUrl|csrfToken|at|from|to|until|\w+At|since|result|signIn|workflowId|runId|fingerprint|id)$/;

/** The same data with an attack behind every text in it. */
export function hostile<T>(value: T): T {
  return poison(value) as T;
}

function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return read.test(key) ? value : `${value}${attack}`;
  if (Array.isArray(value)) return value.map((one) => poison(one, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner, name)]));
}
