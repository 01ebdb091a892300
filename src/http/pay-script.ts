/**
 * The script of the page that approves a payment. The owner's session comes behind the # of a link or lies in this tab's own
 * storage, where the billing page keeps it; without one the page only says where to sign in.
 */
export const PAY_SCRIPT_PATH = '/assets/pay.js';
/** Under this name pages of this origin keep the session of the tab. */
export const SESSION_STORED_AS = 'creditd.session';

export const PAY_SCRIPT = `
const STORED_AS = '${SESSION_STORED_AS}';
const given = location.hash.slice(1);
if (given.startsWith('cs_')) {
  sessionStorage.setItem(STORED_AS, given);
  history.replaceState(null, '', location.pathname + location.search);
}
const session = sessionStorage.getItem(STORED_AS);
const place = document.querySelector('[data-pay]');
const said = document.querySelector('[data-pay-said]');
const signedOut = document.querySelector('[data-pay-signed-out]');
function accountOf(token) {
  try {
    const body = token.slice(3).split('.')[0].replaceAll('-', '+').replaceAll('_', '/');
    const text = new TextDecoder().decode(Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)));
    // Whether it is still good the door says; what is written in it here only leads to that door.
    return JSON.parse(text).account ?? null;
  } catch {
    return null;
  }
}
const account = session === null ? null : accountOf(session);
function say(text) {
  said.textContent = text;
  said.hidden = false;
}
async function approve(button) {
  button.disabled = true;
  said.hidden = true;
  try {
    const path = '/v1/accounts/' + encodeURIComponent(account) + '/charges/' + encodeURIComponent(place.dataset.pay) + '/authenticate';
    const answer = await fetch(path, { method: 'POST', headers: { authorization: 'Bearer ' + session } });
    const body = await answer.json();
    if (!answer.ok) {
      say(body.detail || 'This could not be done. Try again in a moment.');
      if (answer.status === 401) signedOut.hidden = false;
    } else if (body.url) {
      location.assign(body.url);
      return;
    } else {
      location.reload();
      return;
    }
  } catch {
    say('There was no answer. Try again in a moment.');
  }
  button.disabled = false;
}
if (account !== null && place !== null) {
  place.hidden = false;
  signedOut.hidden = true;
  const button = place.querySelector('button');
  button.addEventListener('click', () => approve(button));
}
`.trimStart();
