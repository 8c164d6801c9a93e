import type { Diagnostic } from '../../../../definition/diagnostic';
import { Icon } from '../../parts/icons';

/** All faults at once, in the order of the text; each leads to its place. */
export function Diagnostics({
  diagnostics,
  goTo,
}: {
  readonly diagnostics: readonly Diagnostic[];
  readonly goTo: (diagnostic: Diagnostic) => void;
}) {
  if (diagnostics.length === 0) return null;
  return (
    <>
      <p className="tone-bad trend">
        <Icon name="failed" />
        {diagnostics.length} {diagnostics.length === 1 ? 'thing' : 'things'} to mend
      </p>
      <ol className="diagnostics">
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
