import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiFailure } from './api/client';
import { keys } from './api/queries';
import { App } from './app';
import { startTheme } from './shell/theme';
import './styles/index.css';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Events tell what is old; this is for a page that missed one.
      staleTime: 10_000,
      // What was refused is refused again; a console that restarts is back within seconds.
      retry: (count, error) => count < 2 && !(error instanceof ApiFailure && error.status >= 400 && error.status < 500),
    },
  },
});

// Whoever is no longer signed in gets the sign-in page, wherever it was found out.
queries.getQueryCache().subscribe(({ query, type }) => {
  const { error } = query.state;
  if (type !== 'updated' || query.queryKey[0] === keys.session[0]) return;
  if (error instanceof ApiFailure && error.status === 401) void queries.invalidateQueries({ queryKey: keys.session });
});

startTheme();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
