/** A canary for every secret there is: each is found at once wherever it should not be. */

const mark = 'canary7f3a';

export const SECRETS = {
  stripeKey: `sk_test_${mark}StripeKey`,
  webhookSecret: `whsec_${mark}WebhookSecret`,
  sessionSecret: `${mark}-session-secret-that-is-long-enough`,
  databasePassword: `${mark}-database-password`,
  smtpPassword: `${mark}-smtp-password`,
  operatorPassword: `${mark}-operator-password`,
} as const;

/** What any of them would look like, and what else may be said to nobody. */
export const SECRET_SHAPES: readonly RegExp[] = [
  new RegExp(mark),
  /\b[sr]k_(?:test|live)_\w+/,
  /\bwhsec_\w+/,
  /\b(?:pi|seti)_\w+_secret_\w+/,
  /\b(?:4242|4000|5555|3782)\d{8,12}\b/,
];

/** What was found, each with a little of what stands around it. */
export function secretsIn(name: string, text: string, more: readonly string[] = []): string[] {
  const found: string[] = [];
  for (const shape of SECRET_SHAPES) {
    const hit = shape.exec(text);
    if (hit !== null) found.push(`${name}: …${text.slice(Math.max(0, hit.index - 80), hit.index + 60)}…`);
  }
  for (const secret of more) if (text.includes(secret)) found.push(`${name}: a secret that was made here`);
  return found;
}
