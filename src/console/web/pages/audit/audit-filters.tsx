import { useId, useState } from 'react';
import type { AuditQuery } from '../../api/queries';

const fields = [
  { name: 'namespace', label: 'Namespace', example: 'shop' },
  { name: 'actor', label: 'Actor', example: 'ana' },
  { name: 'action', label: 'Action', example: 'approval.refused' },
  { name: 'workflowId', label: 'Run', example: 'pipeline/shop/checkout/2.4.0' },
] as const;

export function AuditFilters({
  filter,
  apply,
}: {
  readonly filter: AuditQuery;
  readonly apply: (filter: AuditQuery) => void;
}) {
  const [typed, setTyped] = useState(filter);
  const id = useId();
  return (
    <form
      className="audit-filters"
      onSubmit={(event) => {
        event.preventDefault();
        apply(typed);
      }}
    >
      {fields.map(({ name, label, example }, index) => (
        <div key={name} className="field">
          <label htmlFor={`${id}-${name}`}>{label}</label>
          <input
            id={`${id}-${name}`}
            placeholder={example}
            value={typed[name]}
            {...(index === 0 ? { 'data-search': true } : {})}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value.trim() })}
          />
        </div>
      ))}
      <button type="submit" className="button primary">
        Filter
      </button>
    </form>
  );
}
