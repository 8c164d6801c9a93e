import { useState } from 'react';
import { useSilence } from '../../api/commands';
import { ReasonDialog } from '../../parts/reason-dialog';

const lengths = [
  { hours: 1, words: '1 hour' },
  { hours: 4, words: '4 hours' },
  { hours: 24, words: '1 day' },
  { hours: 168, words: '1 week' },
] as const;

/** Which alerts like this one, and for how long. */
export function SilenceDialog({
  labels,
  onClose,
}: {
  readonly labels: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}) {
  const names = Object.keys(labels);
  const [chosen, setChosen] = useState<readonly string[]>(names);
  const [hours, setHours] = useState<number>(lengths[1].hours);
  const silence = useSilence();
  const send = (reason: string) => {
    // No matcher would match all alerts there are.
    if (chosen.length === 0)
      return Promise.reject(new Error('Choose at least one label: without any, every alert would be silenced.'));
    const matchers = Object.fromEntries(chosen.map((name) => [name, labels[name] ?? '']));
    return silence.mutateAsync({ matchers, reason, until: new Date(Date.now() + hours * 3_600_000).toISOString() });
  };
  return (
    <ReasonDialog
      title="Silence alerts"
      confirm="Silence"
      hint="It is shown beside what it silences."
      send={send}
      onClose={onClose}
    >
      <fieldset className="field">
        <legend>Alerts that have all of these</legend>
        {names.map((name) => (
          <label key={name} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={() =>
                setChosen(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name])
              }
            />
            <span className="mono">
              {name}={labels[name]}
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset className="field">
        <legend>For how long</legend>
        <div className="row">
          {lengths.map(({ hours: value, words }) => (
            <label key={words} className="check">
              <input type="radio" name="silence-length" checked={hours === value} onChange={() => setHours(value)} />
              {words}
            </label>
          ))}
        </div>
      </fieldset>
    </ReasonDialog>
  );
}
