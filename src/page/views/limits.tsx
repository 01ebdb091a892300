/** What there is against what the plan allows. */
import { Button } from '@mantine/core';
import { type Overview, usePage } from '../core/data.js';
import type { Formats } from '../core/format.js';
import { usePeople } from '../core/people.js';
import { usePlace } from '../core/place.js';
import { whenOf } from '../core/windows.js';
import { Bar, Card } from '../parts/card.js';
import { Name } from '../parts/name.js';
import { STRINGS } from '../strings.js';

type Limits = Overview['limits'];

interface Line {
  readonly key: string;
  readonly limit: string;
  readonly label: string;
  /** A store, a member: '' is the account. */
  readonly whose: string;
  readonly count: number;
  readonly most: number | null;
  /** When it begins anew, or that it does not. */
  readonly when: string | null;
  readonly isLevel: boolean;
}

export function Limits() {
  const { overview, formats } = usePage();
  const { limits, plans, viewer } = overview;
  const nameOf = usePeople();
  const { go } = usePlace();
  const lines = linesOf(limits, formats, nameOf)
    // Whoever keeps to pools is told of what is their own, and of nothing that the account has.
    .filter((one) => !viewer.confined || one.whose !== '');
  if (lines.length === 0) return null;
  const here = plans.inRankOrder.findIndex((plan) => plan.current);
  const isMoreElsewhere = lines.some(
    (one) =>
      one.isLevel &&
      one.most !== null &&
      one.count >= one.most &&
      plans.inRankOrder
        .slice(here + 1)
        .some((plan) => (plan.limits[one.limit] ?? Number.POSITIVE_INFINITY) > (one.most ?? 0)),
  );
  return (
    <Card
      title={STRINGS.limits.title}
      foot={
        isMoreElsewhere ? (
          <Button variant="default" onClick={() => go('plans')}>
            {STRINGS.limits.more}
          </Button>
        ) : null
      }
    >
      <div className="limits">
        {lines.map((one) => (
          <LimitLine key={one.key} line={one} />
        ))}
      </div>
    </Card>
  );
}

function linesOf({ levels, windows }: Limits, formats: Formats, nameOf: (member: string) => string): readonly Line[] {
  return [
    ...levels.map((one) => ({
      ...{ key: `${one.limit}/${one.member ?? ''}`, limit: one.limit, label: one.label },
      ...{ whose: one.member === null ? '' : nameOf(one.member), count: one.count, most: one.most },
      ...{ when: null, isLevel: true },
    })),
    ...windows.map((one) => ({
      ...{ key: `${one.limit}/${one.subject}`, limit: one.limit, label: one.label },
      ...{ whose: subjectName(one.subject, nameOf), count: one.count, most: one.most },
      ...{ when: whenOf(one, formats), isLevel: false },
    })),
  ];
}

/** "member=7" and "store=berlin" as people say them. */
const subjectName = (subject: string, nameOf: (member: string) => string): string =>
  subject.startsWith('member=') ? nameOf(subject.slice('member='.length)) : subject.replace('=', ' ');

function LimitLine({ line }: { readonly line: Line }) {
  const { formats } = usePage();
  const { count, most } = line;
  const text = STRINGS.limits.of(formats.figure(count), most === null ? null : formats.figure(most));
  const percent = most === null ? 0 : most === 0 ? 100 : (count / most) * 100;
  const level = most !== null && count >= most ? 'red' : percent >= 80 ? 'amber' : 'ok';
  const said = [level === 'red' ? STRINGS.limits.reached : null, line.when].filter((one) => one !== null);
  return (
    <div>
      <div className="line">
        <span>
          <Name>{line.label}</Name>
          {line.whose === '' ? null : (
            <span className="quiet small">
              {' '}
              · <Name>{line.whose}</Name>
            </span>
          )}
        </span>
        <span className="num">{text}</span>
      </div>
      {most === null ? <span /> : <Bar label={line.label} text={text} percent={percent} level={level} />}
      <span className={level === 'red' ? 'small red' : 'small quiet'}>{said.join(' · ')}</span>
    </div>
  );
}
