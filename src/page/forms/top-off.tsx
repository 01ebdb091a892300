/** Settings of automatic purchases, as a whole. What switching on charges at once is said before. */
import { Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../core/act.js';
import { creditsTyped, difference, isBelow, moneyText, parseMoney, parseNumber } from '../core/amounts.js';
import { type Overview, taxed, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { chargedAtOnce } from './at-once.js';
import { ChooseCard, FormEnd, FormTrouble, Note } from './parts.js';

type TopOff = NonNullable<Overview['topOff']>;
type Bounds = NonNullable<TopOff['bounds']>;

interface Fields {
  enabled: boolean;
  threshold: string;
  amount: string;
  card: string;
  capDay: string;
  capMonth: string;
}

export default function TopOffForm() {
  const { topOff, viewer, words } = usePage().overview;
  if (viewer.may.set_top_off !== true) return <OwnerOnly what={words.topOff} />;
  if (topOff === null || topOff.bounds === null) return <p>{STRINGS.topOff.notOffered(words.topOff)}</p>;
  return <Setting topOff={topOff} bounds={topOff.bounds} />;
}

/** Null where it is a whole number of steps within the bounds. */
function amountTrouble(text: string, bounds: Bounds): string | null {
  const found = parseNumber(text);
  if (found === null) return STRINGS.buy.unreadable;
  const [min, max, step] = [bounds.minAmount, bounds.maxAmount, bounds.step].map((one) => parseNumber(one) ?? 0n);
  if (min === undefined || max === undefined || step === undefined) return null;
  return found < min || found > max || (step > 0n && found % step !== 0n) ? STRINGS.topOff.notAllowed : null;
}

const capTrouble = (text: string, currency: string): string | null =>
  text.trim() === '' || (parseMoney(text, currency) ?? -1n) >= 0n ? null : STRINGS.topOff.capUnreadable;

function useFields({ settings, bounds }: TopOff, currency: string) {
  const cap = (minor: number | null): string => (minor === null ? '' : moneyText(minor, currency));
  const isSet = isBelow('0', settings.amount);
  return useForm<Fields>({
    initialValues: {
      // Whoever opens the form to set it up wants it on.
      enabled: true,
      threshold: isSet ? settings.threshold : (bounds?.defaultThreshold ?? '0'),
      amount: isSet ? settings.amount : (bounds?.defaultAmount ?? '0'),
      card: settings.card ?? '',
      capDay: cap(settings.capDayMinor),
      capMonth: cap(settings.capMonthMinor),
    },
    validate: {
      threshold: (text) => (creditsTyped(text) === null ? STRINGS.buy.unreadable : null),
      amount: (text) => (bounds === null ? null : amountTrouble(text, bounds)),
      capDay: (text) => capTrouble(text, currency),
      capMonth: (text) => capTrouble(text, currency),
    },
    validateInputOnBlur: true,
  });
}

function Setting({ topOff, bounds }: { readonly topOff: TopOff; readonly bounds: Bounds }) {
  const { overview, formats } = usePage();
  const { account, words } = overview;
  const { close } = usePlace();
  const form = useFields(topOff, account.currency);
  const act = useAct('setTopOff', {
    done: (answer) => answer.note ?? STRINGS.saved,
    onDone: close,
    tellTrouble: false,
  });
  const { enabled, threshold, amount } = form.values;
  const cap = (text: string): number | null =>
    text.trim() === '' ? null : Number(parseMoney(text, account.currency) ?? 0n);
  const save = form.onSubmit(({ card, capDay, capMonth, ...rest }) =>
    act.act({
      body: {
        enabled: rest.enabled,
        threshold: creditsTyped(rest.threshold) ?? '0',
        amount: creditsTyped(rest.amount) ?? '0',
        card: card === '' ? null : card,
        capDayMinor: cap(capDay),
        capMonthMinor: cap(capMonth),
      },
    }),
  );
  const steps = STRINGS.topOff.bounds(
    formats.figure(bounds.minAmount),
    formats.credits(bounds.maxAmount),
    formats.figure(bounds.step),
  );
  return (
    <form className="stack" onSubmit={save} noValidate>
      <Switch
        data-autofocus
        label={STRINGS.topOff.on(words.topOff)}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
      <TextInput
        label={STRINGS.topOff.thresholdLabel(words.credit.many)}
        inputMode="decimal"
        autoComplete="off"
        maxLength={14}
        disabled={!enabled}
        {...form.getInputProps('threshold')}
      />
      <TextInput
        label={STRINGS.topOff.amountLabel(words.credit.many)}
        description={steps}
        inputMode="decimal"
        autoComplete="off"
        maxLength={14}
        disabled={!enabled}
        {...form.getInputProps('amount')}
      />
      {enabled && overview.cards.length > 0 ? (
        <ChooseCard
          label={STRINGS.topOff.card}
          first
          value={form.values.card}
          onChange={(card) => form.setFieldValue('card', card)}
        />
      ) : null}
      <Caps form={form} />
      <AtOnce enabled={enabled} threshold={threshold} amount={amount} bounds={bounds} />
      <FormTrouble error={act.error} />
      <FormEnd label={STRINGS.save} pending={act.pending} />
    </form>
  );
}

function Caps({ form }: { readonly form: ReturnType<typeof useFields> }) {
  const { account } = usePage().overview;
  const code = account.currency.toUpperCase();
  const common = { inputMode: 'decimal', autoComplete: 'off', maxLength: 12, disabled: !form.values.enabled } as const;
  return (
    <div
      className="grid"
      // At the end: where one label takes two lines, the fields still stand in one row.
      style={{ alignItems: 'end', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 9rem), 1fr))' }}
    >
      <TextInput
        label={STRINGS.topOff.capDayLabel(code)}
        placeholder={STRINGS.topOff.noCap}
        {...common}
        {...form.getInputProps('capDay')}
      />
      <TextInput
        label={STRINGS.topOff.capMonthLabel(code)}
        placeholder={STRINGS.topOff.noCap}
        {...common}
        {...form.getInputProps('capMonth')}
      />
    </div>
  );
}

interface AtOnceProps {
  readonly enabled: boolean;
  readonly threshold: string;
  readonly amount: string;
  readonly bounds: Bounds;
}

/** What saving does to the card, before it does it. */
function AtOnce({ enabled, threshold, amount, bounds }: AtOnceProps) {
  const { overview, formats } = usePage();
  const { balance, cards, plan, topOff, words } = overview;
  const wanted = { threshold: creditsTyped(threshold) ?? '0', amount: creditsTyped(amount) ?? '0' };
  if (!enabled) return topOff?.settings.enabled === true ? <Note>{STRINGS.topOff.willStop}</Note> : null;
  if (amountTrouble(amount, bounds) !== null) return null;
  if (cards.length === 0) return <Note tone="amber">{STRINGS.topOff.withoutCard}</Note>;
  if (plan.trial !== null) return <Note>{STRINGS.topOff.afterTrial}</Note>;
  const due = balance === null || topOff?.charge != null ? null : chargedAtOnce(balance.remaining, wanted, bounds);
  if (due === null || balance === null) {
    const low = formats.credits(wanted.threshold);
    return <Note>{STRINGS.topOff.willBuy(low, formats.credits(wanted.amount))}</Note>;
  }
  const missing = formats.figure(difference(wanted.threshold, balance.remaining));
  const price = taxed(overview, formats.money(due.amountMinor));
  return (
    <Note tone="amber">{STRINGS.topOff.atOnce(missing, words.credit.many, formats.credits(due.credits), price)}</Note>
  );
}
