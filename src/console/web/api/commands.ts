import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Silence } from '../../../contracts/alerts';
import type { ApiToken, CommandRequest, DecisionRequest, NewApiToken, PlanPreview } from '../../api';
import { apiPath, runPath, write } from './client';
import { keys } from './queries';

export type RunVerb = 'pause' | 'resume' | 'abort' | 'rollback' | 'skip';

/** Does something, then asks again for what it has changed: the event stream may be away just now. */
function useCommand<Input, Result = unknown>(
  send: (input: Input) => Promise<Result>,
  changes: (input: Input) => readonly QueryKey[],
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: (_result, _error, input) =>
      Promise.all(changes(input).map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

export const useDecide = () =>
  useCommand(
    ({ runId, ...body }: DecisionRequest & { readonly runId: string }) =>
      write('POST', apiPath(runPath(runId, '/decisions')), body),
    ({ runId }) => [keys.approvals, keys.run(runId), keys.runs],
  );

export const useRunCommand = (id: string) =>
  useCommand(
    ({ verb, ...body }: CommandRequest & { readonly verb: RunVerb }) =>
      write('POST', apiPath(runPath(id, `/${verb}`)), body),
    () => [keys.run(id), keys.runs, keys.estate],
  );

interface EnvironmentCommand {
  readonly namespace: string;
  readonly environment: string;
  readonly verb: 'freeze' | 'unfreeze' | 'drift';
  readonly body: Readonly<Record<string, unknown>>;
}

export const useEnvironmentCommand = () =>
  useCommand(
    ({ namespace, environment, verb, body }: EnvironmentCommand) => {
      const place = [namespace, environment].map(encodeURIComponent).join('/');
      return write('POST', apiPath(`/environments/${place}/${verb}`), body);
    },
    () => [keys.estate],
  );

export const useAcknowledge = () =>
  useCommand(
    ({ fingerprint, reason }: { readonly fingerprint: string; readonly reason: string }) =>
      write('POST', apiPath(`/alerts/${encodeURIComponent(fingerprint)}/acknowledge`), { reason }),
    () => [keys.alerts],
  );

export const useSilence = () =>
  useCommand(
    (request: Pick<Silence, 'matchers' | 'reason' | 'until'>) => write<Silence>('POST', apiPath('/silences'), request),
    () => [keys.alerts],
  );

export const useExpireSilence = () =>
  useCommand(
    (id: string) => write('DELETE', apiPath(`/silences/${encodeURIComponent(id)}`)),
    () => [keys.alerts],
  );

export const useCreateToken = () =>
  useCommand(
    (request: Pick<ApiToken, 'name' | 'role' | 'expiresAt'>) => write<NewApiToken>('POST', apiPath('/tokens'), request),
    () => [keys.tokens],
  );

export const useRevokeToken = () =>
  useCommand(
    (id: string) => write('DELETE', apiPath(`/tokens/${encodeURIComponent(id)}`)),
    () => [keys.tokens],
  );

export const usePlan = () =>
  useMutation({
    mutationFn: (text: string) =>
      write<PlanPreview>('POST', apiPath('/plan'), { documents: [{ name: 'pasted.yaml', text }] }),
  });

/** All that was read belongs to who was signed in: it goes with them. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { readonly name: string; readonly password: string }) =>
      write('POST', apiPath('/session'), credentials),
    onSuccess: () => queries.resetQueries(),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => write('DELETE', apiPath('/session')),
    onSuccess: () => queries.resetQueries(),
  });
}
