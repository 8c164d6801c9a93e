import { useId, useState } from 'react';
import type { Session } from '../../../api';
import { apiPath } from '../../api/client';
import { useSignIn } from '../../api/commands';
import { Icon } from '../../parts/icons';
import { Failure } from '../../parts/states';
import { Mark } from '../../shell/mark';

export function SignInPage({ session: { signIn, version } }: { readonly session: Session }) {
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <Mark />
        <h1>Framework0</h1>
        <p className="soft">What runs where, what is on its way, and what waits for you.</p>
        {signIn.oidc ? (
          <a className="button primary" href={apiPath('/session/oidc')}>
            <Icon name="verified" />
            Sign in with {signIn.oidc.label}
          </a>
        ) : null}
        {signIn.oidc && signIn.local ? <p className="or small faint">or with a local account</p> : null}
        {signIn.local ? <LocalSignIn second={signIn.oidc !== null} /> : null}
        {signIn.oidc || signIn.local ? null : (
          <p className="notice tone-wait">
            <span>
              No way to sign in is set up. Who runs this console sets an identity provider in its configuration.
            </span>
          </p>
        )}
        <p className="small faint">Framework0 Production {version}</p>
      </div>
    </main>
  );
}

function LocalSignIn({ second }: { readonly second: boolean }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const id = useId();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate({ name, password });
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-password`}>Password</label>
        <input
          id={`${id}-password`}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </div>
      {signIn.error ? <Failure error={signIn.error} /> : null}
      <button type="submit" className={second ? 'button' : 'button primary'} disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  );
}
