/** Whether there is room for a table: on a phone its last columns, where the amounts stand, would lie beside the screen. */
import { useMediaQuery } from '@mantine/hooks';

export const useNarrow = (): boolean => useMediaQuery('(max-width: 36em)', false, { getInitialValueInEffect: false });
