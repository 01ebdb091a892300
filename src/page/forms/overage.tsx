/** Pay-as-you-go: on or off, and an own cap below the plan's. */
import { Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../core/act.js';
import { isNothing, moneyText, parseMoney } from '../core/amounts.js';
import { type Overview, taxed, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { AddCard } from './add-card.js';
import { FormEnd, FormTrouble, Note } from './parts.js';

type Overage = NonNullable<Overview['overage']>;

export default function OverageForm() {
  const { overage, viewer, words } = usePage().overview;
  if (viewer.may.set_overage !== true) return <OwnerOnly what={words.payAsYouGo} />;
  if (overage === null || !(overage.offered || overage.enabled))
    return <p>{STRINGS.overage.notOffered(words.payAsYouGo)}</p>;
  return <Setting overage={overage} />;
}

function capTrouble(text: string, { planCapMinor }: Overage, currency: string): string | null {
  if (text.trim() === '') return null;
  const found = parseMoney(text, currency);
  if (found === null || found < 0n) return STRINGS.topOff.capUnreadable;
  return planCapMinor !== null && found > BigInt(planCapMinor) ? STRINGS.overage.abovePlan : null;
}

function Setting({ overage }: { readonly overage: Overage }) {
  const { overview, formats } = usePage();
  const { currency } = overview.account;
  const { close } = usePlace();
  const own = overage.ownCapMinor;
  const form = useForm({
    initialValues: { enabled: true, cap: own === null ? '' : moneyText(own, currency) },
    validate: { cap: (text) => capTrouble(text, overage, currency) },
    validateInputOnBlur: true,
  });
  const act = useAct('setOverage', {
    done: (answer) => answer.note ?? STRINGS.saved,
    onDone: close,
    tellTrouble: false,
  });
  const { enabled, cap } = form.values;
  const save = form.onSubmit(() =>
    act.act({ body: { enabled, capMinor: cap.trim() === '' ? null : Number(parseMoney(cap, currency) ?? 0n) } }),
  );
  const { price, planCapMinor } = overage;
  const needsCard = enabled && overage.needsCard;
  return (
    <form className="stack" onSubmit={save} noValidate>
      <p className="quiet">
        {STRINGS.overage.sentence(overview.words.credit.many)}
        {price === null ? '' : ` ${STRINGS.overage.costs(taxed(overview, formats.ratio(price)))}`}
      </p>
      <Switch
        data-autofocus
        label={STRINGS.topOff.on(overview.words.payAsYouGo)}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
      <TextInput
        label={STRINGS.overage.capLabel(currency.toUpperCase())}
        description={planCapMinor === null ? undefined : STRINGS.overage.planCap(formats.money(planCapMinor))}
        placeholder={planCapMinor === null ? '' : moneyText(planCapMinor, currency)}
        inputMode="decimal"
        autoComplete="off"
        maxLength={12}
        disabled={!enabled}
        {...form.getInputProps('cap')}
      />
      {!enabled && !isNothing(overage.used) ? (
        <Note tone="amber">{STRINGS.overage.offStill(formats.money(overage.usedMinor))}</Note>
      ) : null}
      {enabled && overview.plan.trial !== null ? <Note>{STRINGS.overage.afterTrial}</Note> : null}
      {needsCard ? (
        <>
          <Note tone="amber">{STRINGS.overage.needsCard}</Note>
          <AddCard />
        </>
      ) : null}
      <FormTrouble error={act.error} />
      <FormEnd label={STRINGS.save} pending={act.pending} disabled={needsCard} />
    </form>
  );
}
