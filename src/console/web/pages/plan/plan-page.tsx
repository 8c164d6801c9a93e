import { useEffect, useRef, useState } from 'react';
import type { Diagnostic } from '../../../../definition/diagnostic';
import { usePlan } from '../../api/commands';
import { PageHead, Panel } from '../../parts/panel';
import { Failure } from '../../parts/states';
import { Diagnostics } from './diagnostics';
import { Editor } from './editor';
import { PlannedStages } from './planned-stages';
import { starter } from './starter';

/** So long after the last key somebody has stopped to look. */
const typingMs = 600;

export function PlanPage() {
  const [text, setText] = useState('');
  const [line, setLine] = useState<number | null>(null);
  const { mutate, data, error, isPending, reset } = usePlan();
  const editor = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (text.trim() === '') {
      reset();
      return undefined;
    }
    const timer = setTimeout(() => mutate(text), typingMs);
    return () => clearTimeout(timer);
  }, [text, mutate, reset]);

  const goTo = (diagnostic: Diagnostic) => {
    setLine(diagnostic.line);
    const field = editor.current;
    if (!field) return;
    const before = text.split('\n').slice(0, diagnostic.line - 1);
    const start = before.reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(
      start + diagnostic.column - 1,
      start + (text.split('\n')[diagnostic.line - 1]?.length ?? 0),
    );
  };
  const diagnostics = data?.diagnostics ?? [];
  return (
    <>
      <PageHead
        title="Plan"
        lead="Paste a document: its errors are shown at their lines, and what it would do, before anything happens."
      />
      <div className="plan-grid">
        <Panel
          title="Document"
          aside={
            <button type="button" className="button small-button" onClick={() => setText(starter)}>
              Start from an example
            </button>
          }
        >
          <Editor
            field={editor}
            text={text}
            setText={setText}
            diagnostics={diagnostics}
            faulty={data?.stages === null}
            marked={line}
          />
        </Panel>
        <Panel
          title="What it would do"
          aside={<span className="faint small">{isPending ? 'checking…' : 'nothing is changed'}</span>}
        >
          <div className="panel-body stack" aria-live="polite">
            {error ? <Failure error={error} /> : null}
            {data === undefined && !error ? (
              <p className="soft">The plan is here as soon as there is a document.</p>
            ) : null}
            <Diagnostics diagnostics={diagnostics} faulty={data?.stages === null} goTo={goTo} />
            {data?.stages ? <PlannedStages stages={data.stages} /> : null}
          </div>
        </Panel>
      </div>
    </>
  );
}
