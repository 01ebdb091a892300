/**
 * The forms that open over the billing page, as an owner meets them: each by the address that opens it, so that a picture does
 * not depend on where the button stands. What a product does not offer has nothing to press in it and gives no picture.
 */

/** `first`: what is done in the form before the picture. */
const FORMS = [
  { name: 'buy', open: 'buy' },
  { name: 'buy-own', open: 'buy', first: ownAmount },
  { name: 'buy-sure', open: 'buy', first: goOn },
  { name: 'top-off', open: 'top-off' },
  { name: 'overage', open: 'overage' },
  { name: 'cancel', open: 'cancel' },
  { name: 'card', open: 'card' },
  { name: 'pool', open: 'pool' },
  { name: 'budget', open: 'budget' },
];

/** An amount that lies between two that are for sale, so that what is offered instead is seen too. */
async function ownAmount(form) {
  const own = form.locator('input[value=own]');
  if ((await own.count()) > 0) await own.check();
  await form.locator('input[inputmode=decimal]').fill('12.34');
}

async function goOn(form) {
  const own = form.locator('input[inputmode=decimal]');
  // Where nothing is ready to choose, a round number is for sale with every product that sells credits.
  if ((await own.count()) > 0) await own.fill('100');
  await form.locator('button[type=submit]').click();
}

/** Of the demo's account whose owner's dialogs are photographed: each of its forms, and one for every plan there is to go to. */
export const DIALOGS = [...FORMS.map(({ name }) => name), 'plan-1', 'plan-2', 'plan-3'].map((name) => `dialog-${name}`);

const WITHIN_MS = 10_000;

/** Answers the open dialog, or null where the product offers nothing of the kind. */
export async function openDialog(tab, dialog) {
  const name = dialog.replace(/^dialog-/, '');
  const origin = new URL(tab.url()).origin;
  const plan = /^plan-(\d)$/.exec(name)?.[1];
  const form = FORMS.find((one) => one.name === name);
  await tab.goto(`${origin}${plan === undefined ? `/billing?open=${form.open}` : '/billing/plans'}`);
  await tab.locator('main h2').first().waitFor({ timeout: WITHIN_MS });
  if (plan !== undefined) {
    await tab.locator('table.plans thead th').first().waitFor({ timeout: WITHIN_MS });
    const button = tab.locator('table.plans thead button').nth(Number(plan) - 1);
    if ((await button.count()) === 0) return null;
    await button.click();
  }
  const shown = tab.getByRole('dialog');
  await shown.locator('form, p, fieldset').first().waitFor({ timeout: WITHIN_MS });
  await tab.locator('[aria-busy=true]').first().waitFor({ state: 'detached', timeout: WITHIN_MS });
  // Its closing cross is there in any case.
  if ((await shown.getByRole('button').count()) < 2) return null;
  if (form?.first !== undefined) {
    const needed = form.first === ownAmount ? shown.locator('input[inputmode=decimal], input[value=own]') : shown;
    if ((await needed.count()) === 0) return null;
    await form.first(shown);
  }
  // The cursor's blinking must not decide what a picture shows.
  await tab.addStyleTag({ content: '* { caret-color: transparent !important; }' }).catch(() => undefined);
  return shown;
}
