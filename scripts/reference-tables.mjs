/** Tables of fields from a JSON Schema (draft 2020-12): a section for each map of named fields, in the order they are met. */
export function fieldSections(title, schema) {
  const sections = [];
  const known = new Map();
  const queue = [[title, schema]];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [path, node] = next;
    const section = { path, description: node.description ?? '', rows: [] };
    sections.push(section);
    for (const [name, field] of Object.entries(fieldsOf(node))) {
      const place = `${path}.${name}`;
      const nested = mapsIn(field, place).map(([inner, map]) => {
        const content = JSON.stringify(fieldsOf(map));
        if (!known.has(content)) {
          known.set(content, inner);
          queue.push([inner, map]);
        }
        return known.get(content);
      });
      section.rows.push({
        name,
        required: (node.required ?? []).includes(name),
        type: typeOf(field),
        default: field.default,
        meaning: field.description ?? '',
        nested: [...new Set(nested)],
      });
    }
  }
  return sections;
}

/** The fields of a map; of alternatives that are maps, the fields of all. */
function fieldsOf(node) {
  if (node.properties) return node.properties;
  return mergedFields(alternativesOf(node).map((branch) => branch.properties ?? {}));
}

/** A field that is in several alternatives with different values, such as what tells them apart, takes any of these. */
function mergedFields(maps) {
  const merged = {};
  for (const [name, field] of maps.flatMap((map) => Object.entries(map))) {
    const before = merged[name];
    const isOther = before && JSON.stringify(before) !== JSON.stringify(field);
    merged[name] = isOther ? { anyOf: [...(before.anyOf ?? [before]), field] } : field;
  }
  return merged;
}

function alternativesOf(node) {
  return node.anyOf ?? node.oneOf ?? [];
}

/** Every map with named fields inside a field, with the path that leads there. */
function mapsIn(field, path) {
  if (Object.keys(field.properties ?? {}).length > 0) return [[path, field]];
  if (field.items) return mapsIn(field.items, `${path}[]`);
  if (typeof field.additionalProperties === 'object') return mapsIn(field.additionalProperties, `${path}.NAME`);
  const branches = alternativesOf(field);
  // Alternatives that are told apart by their fields are one table.
  if (branches.length > 1 && branches.every(({ properties }) => properties)) return [[path, field]];
  return branches.flatMap((branch) => mapsIn(branch, path));
}

function typeOf(field) {
  if (field.title) return field.title;
  if (field.const !== undefined) return code(field.const);
  if (field.enum) return field.enum.map(code).join(', ');
  if (alternativesOf(field).length > 0) {
    const types = [...new Set(alternativesOf(field).map(typeOf))];
    return types.length === 1 ? `one ${types[0]}` : types.join(', or ');
  }
  if (Array.isArray(field.type)) return field.type.map((type) => typeOf({ type })).join(', or ');
  switch (field.type) {
    case 'array':
      return `list of ${typeOf(field.items)}`;
    case 'object':
      return typeof field.additionalProperties === 'object' && Object.keys(field.additionalProperties).length > 0
        ? `map of ${typeOf(field.additionalProperties)} by name`
        : 'map';
    case 'integer':
      return `whole number${range(field)}`;
    case 'number':
      return `number${range(field)}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'text';
  }
}

function range({ minimum, exclusiveMinimum, maximum }) {
  const isUnbounded = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER;
  if (exclusiveMinimum !== undefined) return ` over ${exclusiveMinimum}${isUnbounded ? '' : ` and at most ${maximum}`}`;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) return '';
  return isUnbounded ? `, at least ${minimum}` : `, ${minimum} to ${maximum}`;
}

export function code(value) {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** One section as Markdown; `level` is the number of # in its heading. */
export function sectionText({ path, description, rows }, level) {
  const lines = [`${'#'.repeat(level)} ${path}`, ''];
  if (description) lines.push(description, '');
  lines.push('| field | type | default | meaning |', '|---|---|---|---|');
  for (const { name, required, type, default: fallback, meaning, nested } of rows) {
    const shown = required ? `**\`${name}\`**` : `\`${name}\``;
    const links = nested.map((one) => `[${one.replace(/^\w+ /, '')}](#${anchor(one)})`).join(', ');
    const cells = [
      shown,
      type,
      fallback === undefined ? '' : code(fallback),
      `${meaning}${links ? ` See ${links}.` : ''}`.trim(),
    ];
    lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`);
  }
  return lines.join('\n');
}

/** As GitHub makes them from headings. */
export function anchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
