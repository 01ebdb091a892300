/** Every word of the elements that is not the product's own. Another language is another of this file. */
export const STRINGS = {
  remaining: (unit: string) => `${unit} remaining`,
  left: 'left',
  trial: (plan: string, days: string, isOne: boolean) => `${days} ${isOne ? 'day' : 'days'} left in your ${plan} trial`,
  dismiss: (title: string) => `Dismiss: ${title}`,
  ownerOnly: (account: string) => `An owner of this ${account} can mend it.`,
  ownerMay: (sentence: string, account: string) => `${sentence}: an owner of this ${account} can do that.`,
  free: 'Free',
  after: (figure: string) => `${figure} left afterwards`,
  thenPays: (name: string) => `the rest by ${lower(name)}`,
  onItsWay: (name: string) => `${lower(name)} is on its way`,
  unpriced: 'The cost cannot be shown.',
  offline: 'Billing does not answer at the moment.',
  signedOut: 'Your session has ended. Reload the page.',
};

/** "Auto Top-Off" within a sentence. */
const lower = (name: string): string => name.toLowerCase();
