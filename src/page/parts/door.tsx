/** A button that leads to the processor's own page. */
import { Button, type ButtonProps } from '@mantine/core';
import { useInZone } from '../core/data.js';
import { STRINGS } from '../strings.js';

interface DoorButtonProps extends Pick<ButtonProps, 'variant' | 'size'> {
  readonly door: {
    readonly pending: boolean;
    readonly error: Error | null;
    readonly address: string | null;
  };
  readonly label: string;
  readonly onEnter: () => void;
}

export function DoorButton({ door, label, onEnter, ...look }: DoorButtonProps) {
  const inZone = useInZone();
  return (
    <>
      {door.address === null ? (
        <Button {...look} loading={door.pending} onClick={onEnter}>
          {label}
        </Button>
      ) : (
        <Button {...look} component="a" href={door.address} target="_blank" rel="noopener">
          {STRINGS.openSecurePage}
        </Button>
      )}
      <span role="alert" className="small red" hidden={door.error === null}>
        {door.error === null ? null : inZone(door.error.message)}
      </span>
    </>
  );
}
