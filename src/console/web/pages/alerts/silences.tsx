import type { Silence } from '../../../../contracts/alerts';
import { useExpireSilence } from '../../api/commands';
import { Ago } from '../../parts/ago';
import { Panel } from '../../parts/panel';
import { Failure } from '../../parts/states';
import { useRefusal } from '../../shell/session';

export function Silences({ silences }: { readonly silences: readonly Silence[] }) {
  const expire = useExpireSilence();
  const refusal = useRefusal('operator');
  if (silences.length === 0) return null;
  return (
    <Panel title="Silences">
      {expire.error ? <Failure error={expire.error} /> : null}
      <ul>
        {silences.map(({ id, matchers, reason, by, until }) => (
          <li key={id} className="silence">
            <div>
              <ul className="chips" aria-label="Matches alerts with">
                {Object.entries(matchers).map(([name, value]) => (
                  <li key={name} className="chip">
                    {name}={value}
                  </li>
                ))}
              </ul>
              <p className="small soft">
                {reason} ({by}), ends <Ago at={until} />
              </p>
            </div>
            <button
              type="button"
              className="button small-button"
              disabled={refusal !== null || expire.isPending}
              title={refusal ?? 'People are told again'}
              aria-label={`End it: the silence ${reason}`}
              onClick={() => expire.mutate(id)}
            >
              End it
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
