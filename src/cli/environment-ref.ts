import type { EnvironmentRef } from '../client';
import { UsageError } from './exit-code';

/** `NAMESPACE/ENVIRONMENT`, or the environment alone with `--namespace`. */
export function environmentRef(text: string, namespace: string | undefined): EnvironmentRef {
  const words = text.split('/').filter((word) => word !== '');
  const [first, second, third] = words;
  if (first !== undefined && second !== undefined && third === undefined)
    return { namespace: first, environment: second };
  if (first !== undefined && second === undefined)
    return { namespace: namespace ?? defaultNamespace, environment: first };
  throw new UsageError(`"${text}" is no environment: give NAME or NAMESPACE/NAME`);
}

/** The namespace of documents that name none. */
const defaultNamespace = 'default';
