/** Buying by hand: how much, then exactly what it costs and with which card, then what became of it. */
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../core/act.js';
import { moneyText, type Offer, type Typed, typed } from '../core/amounts.js';
import { type Overview, usePage } from '../core/data.js';
import { returnUrl, useDoor, withReturn } from '../core/doors.js';
import { OwnerOnly } from '../parts/card.js';
import { DoorButton } from '../parts/door.js';
import { STRINGS } from '../strings.js';
import { Bought } from './bought.js';
import { ChooseCard, FormEnd, FormTrouble, Note } from './parts.js';

type Packs = NonNullable<Overview['packs']>;
const OWN = 'own';

export default function BuyForm() {
  const { packs, viewer, words } = usePage().overview;
  if (packs === null || !packs.offered) return <p>{STRINGS.buy.notOffered(words.pack.many)}</p>;
  if (viewer.may.buy !== true) return <OwnerOnly what={words.buyCredits} />;
  return <Buying packs={packs} />;
}

function Buying({ packs }: { readonly packs: Packs }) {
  const { account, cards } = usePage().overview;
  const [choice, setChoice] = useState(packs.presets[0]?.key ?? OWN);
  const [text, setText] = useState('');
  const [isSure, setSure] = useState(false);
  const [charge, setCharge] = useState<string | null>(null);
  const [card, setCard] = useState(cards.find((one) => !one.expired && !one.refused)?.id ?? cards[0]?.id ?? '');
  const buy = useAct('buyCredits', { onDone: (answer) => setCharge(answer.charge), tellTrouble: false });
  const preset = packs.presets.find((one) => one.key === choice);
  const own = packs.custom === null ? NOTHING : typed(text, packs.custom, account.currency);
  const offer: Offer | null = preset ?? (own.kind === 'offer' ? own : null);
  if (charge !== null) return <Bought charge={charge} />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (offer === null) return;
    if (!isSure) {
      setSure(true);
      return;
    }
    buy.act({ body: { ...wished(offer, preset?.key ?? null), card, returnUrl: returnUrl() } });
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {isSure && offer !== null ? (
        <Sure offer={offer} preset={preset?.key ?? null} card={card} onCard={setCard} />
      ) : (
        <>
          <Choices packs={packs} choice={choice} onChoice={setChoice} />
          {choice === OWN && packs.custom !== null ? (
            <OwnAmount custom={packs.custom} text={text} own={own} onText={setText} />
          ) : null}
          <Total offer={offer} />
        </>
      )}
      <FormTrouble error={buy.error} />
      {isSure && cards.length === 0 ? null : (
        <FormEnd
          label={isSure && offer !== null ? <Pay offer={offer} /> : STRINGS.goOn}
          pending={buy.pending}
          disabled={offer === null}
          {...(isSure ? { back: { label: STRINGS.back, to: () => setSure(false) } } : {})}
        />
      )}
    </form>
  );
}

const NOTHING: Typed = { kind: 'nothing' };

function Pay({ offer }: { readonly offer: Offer }) {
  const { formats } = usePage();
  return <>{STRINGS.buy.pay(formats.money(offer.amountMinor))}</>;
}

interface ChoicesProps {
  readonly packs: Packs;
  readonly choice: string;
  readonly onChoice: (choice: string) => void;
}

function Choices({ packs, choice, onChoice }: ChoicesProps) {
  const { overview, formats } = usePage();
  const option = (key: string, title: string, price: string) => (
    <label className="choice" key={key}>
      <input
        type="radio"
        name="pack"
        value={key}
        data-autofocus={choice === key || undefined}
        checked={choice === key}
        onChange={() => onChoice(key)}
      />
      <span className="strong num">{title}</span>
      <span className="quiet small num">{price}</span>
    </label>
  );
  if (packs.presets.length === 0) return null;
  return (
    <fieldset className="bare">
      <legend className="hidden">{STRINGS.buy.choose(overview.words.pack.one)}</legend>
      <div className="choices">
        {packs.presets.map((one) => option(one.key, formats.credits(one.credits), formats.money(one.amountMinor)))}
        {packs.custom === null ? null : option(OWN, STRINGS.buy.own, STRINGS.buy.ownHint)}
      </div>
    </fieldset>
  );
}

interface OwnProps {
  readonly custom: NonNullable<Packs['custom']>;
  readonly text: string;
  readonly own: Typed;
  readonly onText: (text: string) => void;
}

function OwnAmount({ custom, text, own, onText }: OwnProps) {
  const { overview, formats } = usePage();
  const { currency } = overview.account;
  const isMoney = custom.by === 'money';
  const written = (offer: Offer): string => (isMoney ? moneyText(offer.amountMinor, currency) : offer.credits);
  const nearest = own.kind === 'between' ? [own.below, own.above].filter((one) => one !== null) : [];
  const isWrong = own.kind === 'unreadable' || own.kind === 'between';
  return (
    <div className="stack tight">
      <TextInput
        label={isMoney ? STRINGS.buy.amountIn(currency.toUpperCase()) : STRINGS.buy.howMany(overview.words.credit.many)}
        description={custom.sentence}
        inputMode="decimal"
        autoComplete="off"
        maxLength={16}
        data-autofocus
        value={text}
        error={isWrong ? (own.kind === 'unreadable' ? STRINGS.buy.unreadable : STRINGS.buy.notExactly) : null}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      {nearest.length === 0 ? null : (
        <fieldset className="bare row" aria-label={STRINGS.buy.nearest}>
          <span className="small quiet">{STRINGS.buy.nearest}</span>
          {nearest.map((one) => (
            <Button key={one.credits} variant="default" size="xs" onClick={() => onText(written(one))}>
              {STRINGS.buy.offer(formats.credits(one.credits), formats.money(one.amountMinor))}
            </Button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Total({ offer }: { readonly offer: Offer | null }) {
  const { overview, formats } = usePage();
  const { tax } = overview.words;
  return (
    <div className="total" aria-live="polite">
      <span>{offer === null ? STRINGS.buy.total : formats.credits(offer.credits)}</span>
      <span className="strong num">
        {offer === null ? '–' : formats.money(offer.amountMinor)}
        {tax === null || offer === null ? null : <span className="quiet small"> {STRINGS.tax[tax]}</span>}
      </span>
    </div>
  );
}

interface SureProps {
  readonly offer: Offer;
  readonly preset: string | null;
  readonly card: string;
  readonly onCard: (card: string) => void;
}

function Sure({ offer, preset, card, onCard }: SureProps) {
  const { overview } = usePage();
  const { cards, plan, words } = overview;
  return (
    <>
      <Total offer={offer} />
      <p className="quiet">{STRINGS.buy.once(words.pack.one)}</p>
      {plan.trial === null ? null : <Note>{STRINGS.buy.inTrial}</Note>}
      {cards.length === 0 ? (
        <PayThere offer={offer} preset={preset} />
      ) : (
        <ChooseCard label={STRINGS.buy.payWith} value={card} onChange={onCard} />
      )}
    </>
  );
}

const wished = (offer: Offer, preset: string | null) =>
  preset === null ? { amountMinor: offer.amountMinor } : { preset };

/** Without a stored card it is paid on the processor's page. */
function PayThere({ offer, preset }: Pick<SureProps, 'offer' | 'preset'>) {
  const door = useDoor('buyByCheckout');
  return (
    <div className="stack">
      <p className="quiet">{STRINGS.cards.secure}</p>
      <div className="row ends">
        <DoorButton
          door={door}
          label={STRINGS.plans.checkout}
          onEnter={() => door.enter({ body: withReturn<'buyByCheckout'>(wished(offer, preset)) })}
        />
      </div>
    </div>
  );
}
