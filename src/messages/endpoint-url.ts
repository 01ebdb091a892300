/** Where events may be sent, as far as the address itself says. What its name resolves to is looked at when it is sent. */

/** Null: it may. */
export function endpointUrlProblem(text: string, allowPrivate: boolean): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !(allowPrivate ? ['https:', 'http:'] : ['https:']).includes(url.protocol))
    return 'The address must be a URL such as https://api.example.com/creditd-events.';
  if (url.username !== '' || url.password !== '')
    return 'The address must not carry a user and a password: what is sent is signed.';
  return null;
}
