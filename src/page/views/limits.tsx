/** What there is against what the plan allows. */
import { Button } from '@mantine/core';
import { usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Bar, Card } from '../parts/card.js';
import { Name } from '../parts/name.js';
import { STRINGS } from '../strings.js';

interface Line {
  readonly key: string;
  readonly label: string;
  /** A store, a member: '' is the account. */
  readonly whose: string;
  readonly count: number;
  readonly most: number | null;
  readonly resetsAt: string | null;
  readonly ended: boolean;
}

export function Limits() {
  const { overview, formats } = usePage();
  const { levels, windows } = overview.limits;
  const { go } = usePlace();
  const lines: Line[] = [
    ...levels.map((one) => ({
      ...{ key: `${one.limit}/${one.member ?? ''}`, label: one.label, whose: one.member ?? '' },
      ...{ count: one.count, most: one.most, resetsAt: null, ended: false },
    })),
    ...windows.map((one) => ({
      ...{ key: `${one.limit}/${one.subject}`, label: one.label, whose: one.subject.replace('=', ' ') },
      ...{ count: one.count, most: one.most, resetsAt: one.resetsAt, ended: one.ended },
    })),
  ];
  if (lines.length === 0) return null;
  const isReached = lines.some((one) => one.most !== null && one.count >= one.most && one.resetsAt === null);
  return (
    <Card
      title={STRINGS.limits.title}
      foot={
        isReached ? (
          <Button variant="default" onClick={() => go('plans')}>
            {STRINGS.limits.more}
          </Button>
        ) : null
      }
    >
      <div className="grid narrow">
        {lines.map((one) => (
          <LimitLine key={one.key} line={one} resets={one.resetsAt === null ? null : formats.moment(one.resetsAt)} />
        ))}
      </div>
    </Card>
  );
}

function LimitLine({ line, resets }: { readonly line: Line; readonly resets: string | null }) {
  const { formats } = usePage();
  const { count, most } = line;
  const text = STRINGS.limits.of(formats.figure(count), most === null ? null : formats.figure(most));
  const percent = most === null ? 0 : most === 0 ? 100 : (count / most) * 100;
  const level = most !== null && count >= most ? 'red' : percent >= 80 ? 'amber' : 'ok';
  return (
    <div className="stack tight">
      <div className="row apart">
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
      {most === null ? null : <Bar label={line.label} text={text} percent={percent} level={level} />}
      <span className={level === 'red' ? 'small red' : 'small quiet'}>
        {line.ended
          ? STRINGS.limits.ended
          : [level === 'red' ? STRINGS.limits.reached : null, resets === null ? null : STRINGS.limits.resets(resets)]
              .filter((one) => one !== null)
              .join(' · ')}
      </span>
    </div>
  );
}
