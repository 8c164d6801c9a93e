import { useId, useState } from 'react';
import type { ConsoleRole } from '../../../api';
import { useCreateToken } from '../../api/commands';
import { Dialog, DialogActions } from '../../parts/dialog';
import { Failure } from '../../parts/states';
import { NewSecret } from './new-secret';

/** The least first: a service rarely needs more. */
const roles: readonly { readonly role: ConsoleRole; readonly may: string }[] = [
  { role: 'viewer', may: 'sees everything, changes nothing' },
  { role: 'operator', may: 'also pauses, aborts, rolls back, freezes, heals, silences' },
  { role: 'approver', may: 'also decides, where a gate lets it' },
  { role: 'admin', may: 'also makes and revokes tokens' },
];

const lengths = [
  { days: 30, words: '30 days' },
  { days: 90, words: '90 days' },
  { days: 365, words: '1 year' },
  { days: null, words: 'until revoked' },
] as const;
const dayMs = 86_400_000;

/** As the API has it. */
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const nameFault =
  'A name was expected: letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 63.';

export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const create = useCreateToken();
  return (
    <Dialog title={create.data ? `The token ${create.data.token.name}` : 'New token'} onClose={onClose}>
      {create.data ? <NewSecret made={create.data} onClose={onClose} /> : <Form create={create} onClose={onClose} />}
    </Dialog>
  );
}

function Form({
  create,
  onClose,
}: {
  readonly create: ReturnType<typeof useCreateToken>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<ConsoleRole>('viewer');
  const [days, setDays] = useState<number | null>(90);
  const [fault, setFault] = useState<Error | null>(null);
  const id = useId();
  const error = fault ?? create.error;

  const submit = () => {
    if (!nameForm.test(name.trim())) return setFault(new Error(nameFault));
    setFault(null);
    const expiresAt = days === null ? null : new Date(Date.now() + days * dayMs).toISOString();
    create.mutate({ name: name.trim(), role, expiresAt });
  };

  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="field">
        <label htmlFor={id}>Name of the service</label>
        <input
          id={id}
          data-autofocus
          required
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          placeholder="ci"
          value={name}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setName(event.target.value)}
        />
        <p id={`${id}-hint`} className="small faint">
          The audit trail calls it <span className="mono">token/{name === '' ? 'ci' : name}</span>.
        </p>
      </div>
      <fieldset className="field">
        <legend>What it may</legend>
        <div>
          {roles.map(({ role: value, may }) => (
            <label key={value} className="check choice">
              <input type="radio" name={`${id}-role`} checked={role === value} onChange={() => setRole(value)} />
              <span>
                <b>{value}</b> <span className="soft">{may}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset className="field">
        <legend>How long it is valid</legend>
        <div className="row">
          {lengths.map(({ days: value, words }) => (
            <label key={words} className="check">
              <input type="radio" name={`${id}-days`} checked={days === value} onChange={() => setDays(value)} />
              {words}
            </label>
          ))}
        </div>
      </fieldset>
      {error ? <Failure error={error} /> : null}
      <DialogActions onClose={onClose} send="Make the token" sending={create.isPending ? 'Making…' : null} />
    </form>
  );
}
