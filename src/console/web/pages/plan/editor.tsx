import { type RefObject, useRef } from 'react';
import type { Diagnostic } from '../../../../definition/diagnostic';

interface EditorProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly diagnostics: readonly Diagnostic[];
  readonly faulty: boolean;
  readonly marked: number | null;
}

/** A plain text field, which every reader and keyboard knows, with line numbers that mark what is wrong. */
export function Editor({ field, text, setText, diagnostics, faulty, marked }: EditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split('\n').length;
  const faults = new Map(diagnostics.map((diagnostic) => [diagnostic.line, diagnostic.message]));
  return (
    <div className="editor">
      <div className={`editor-gutter ${faulty ? 'tone-bad' : 'tone-wait'}`} ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => {
          const line = index + 1;
          const fault = faults.get(line);
          const classes = [fault === undefined ? '' : 'fault', marked === line ? 'marked' : ''].join(' ').trim();
          return (
            <span key={line} className={classes} title={fault}>
              {fault === undefined ? line : `${faulty ? '✕' : '!'} ${line}`}
            </span>
          );
        })}
      </div>
      <textarea
        ref={field}
        data-search
        aria-label="Document, YAML or JSON"
        aria-invalid={faulty}
        placeholder="Paste a ProductionWorkflow here"
        spellCheck={false}
        autoCapitalize="none"
        wrap="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
