import { useMutation } from '@tanstack/react-query';
import { verifyAudit } from '../../api/queries';
import { Dialog } from '../../parts/dialog';
import { Icon } from '../../parts/icons';
import { Failure } from '../../parts/states';

/** Looks at every entry again, and says where the chain breaks if it does. */
export function VerifyChain() {
  const verify = useMutation({ mutationFn: verifyAudit });
  const result = verify.data;
  return (
    <>
      <button type="button" className="button primary" disabled={verify.isPending} onClick={() => verify.mutate()}>
        <Icon name="verified" />
        {verify.isPending ? 'Verifying…' : 'Verify the chain'}
      </button>
      {result || verify.error ? (
        <Dialog title="The chain" onClose={() => verify.reset()}>
          {verify.error ? <Failure error={verify.error} /> : null}
          {result ? (
            <div className="stack" role="status">
              <p className={`notice ${result.valid ? 'tone-good' : 'tone-bad'}`}>
                <Icon name={result.valid ? 'verified' : 'critical'} />
                <span>
                  <strong>{result.valid ? 'The chain holds.' : 'The chain is broken.'}</strong>{' '}
                  {result.valid ? `${result.rows} entries were looked at.` : result.problem?.message}
                </span>
              </p>
              <p className="small soft">
                It ends with <span className="mono">{result.lastHash}</span>. Keep that hash elsewhere: with it, a trail
                that was made anew as a whole is found too.
              </p>
            </div>
          ) : null}
        </Dialog>
      ) : null}
    </>
  );
}
