import type { Diagnostic } from '../../../../definition/diagnostic';
import { Icon } from '../../parts/icons';

/** All faults at once, in the order of the text; each leads to its place. */
export function Diagnostics({
  diagnostics,
  faulty,
  goTo,
}: {
  readonly diagnostics: readonly Diagnostic[];
  /** Without a fault they are only warnings. */
  readonly faulty: boolean;
  readonly goTo: (diagnostic: Diagnostic) => void;
}) {
  if (diagnostics.length === 0) return null;
  return (
    <>
      <p className={`${faulty ? 'tone-bad' : 'tone-wait'} trend`}>
        <Icon name={faulty ? 'failed' : 'degraded'} />
        {diagnostics.length} {diagnostics.length === 1 ? 'thing' : 'things'} to {faulty ? 'mend' : 'know'}
      </p>
      <ol className={`diagnostics ${faulty ? 'tone-bad' : 'tone-wait'}`}>
        {diagnostics.map((diagnostic) => {
          const { line, column, path, message, expected, suggestion } = diagnostic;
          return (
            <li key={`${line}:${column} ${path} ${message}`}>
              <button type="button" className="diagnostic" data-entry onClick={() => goTo(diagnostic)}>
                <span className="mono small faint">
                  line {line}, column {column} {path}
                </span>
                <span>{message}</span>
                {expected === null ? null : <span className="small soft">expected: {expected}</span>}
                {suggestion === null ? null : (
                  <span className="small">
                    did you mean <b className="mono">{suggestion}</b>?
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}
