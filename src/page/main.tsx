/** Where the page begins: the session out of the address bar, then the account. */
import './styles.js';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { takeSession } from './core/session.js';

/** The policy of this page allows style sheets with its nonce alone; what libraries add at run time carries it too. */
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce });

const place = document.getElementById('root');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <App session={takeSession(location, history)} nonce={nonce} />
    </StrictMode>,
  );
}
