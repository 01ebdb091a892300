/** The product's own colour as a Mantine theme: ten shades of it, and those that can be read on white and on black. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** WCAG AA asks for 4.5 for text of any size; whole steps of a colour and of a tint round a little of it away. */
const CONTRAST = 4.6;
/** What cards are painted on, by scheme. */
const PAPER = { light: '#ffffff', dark: '#1c1c1f' } as const;
const TINT = { light: 0.92, dark: 0.8 } as const;

export function rgbOf(color: string): Rgb | null {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(color);
  const whole =
    short === null
      ? color
      : `#${short
          .slice(1)
          .map((digit) => digit + digit)
          .join('')}`;
  const found = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(whole);
  if (found === null) return null;
  const [r = 0, g = 0, b = 0] = found.slice(1).map((part) => Number.parseInt(part, 16));
  return [r, g, b];
}

const hexOf = (rgb: Rgb): string => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

const mixed = (a: Rgb, b: Rgb, part: number): Rgb =>
  [0, 1, 2].map((at) => (a[at] ?? 0) * (1 - part) + (b[at] ?? 0) * part) as unknown as Rgb;

function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) => {
    const one = part / 255;
    return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The colour, made darker or lighter until it can be read on both the paper and its own tint. */
export function readable(color: Rgb, scheme: 'light' | 'dark'): Rgb {
  const paper = rgbOf(PAPER[scheme]) ?? WHITE;
  const tint = mixed(color, paper, TINT[scheme]);
  const toward = scheme === 'light' ? BLACK : WHITE;
  for (let part = 0; part < 1; part += 0.05) {
    const tried = mixed(color, toward, part);
    if (contrast(tried, paper) >= CONTRAST && contrast(tried, tint) >= CONTRAST) return tried;
  }
  return toward;
}

export interface Brand {
  readonly color: string;
  readonly textOnColor: string;
}

const FALLBACK: Rgb = [31, 41, 55];

export function themeOf({ color }: Brand) {
  const base = rgbOf(color) ?? FALLBACK;
  const shades = [0.92, 0.84, 0.7, 0.52, 0.34, 0.16, 0].map((part) => hexOf(mixed(base, WHITE, part)));
  const darker = [0.14, 0.28, 0.42].map((part) => hexOf(mixed(base, BLACK, part)));
  return createTheme({
    primaryColor: 'brand',
    primaryShade: 6,
    colors: { brand: [...shades, ...darker] as unknown as MantineColorsTuple },
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
    headings: { fontWeight: '600' },
    defaultRadius: 'md',
    cursorType: 'pointer',
    components: {
      Button: { defaultProps: { size: 'sm' } },
      Modal: {
        defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 }, transitionProps: { duration: 120 } },
      },
    },
  });
}

/** Text on the brand's colour is the catalog's own where it can be read, else black or white, whichever can. */
function onColor(base: Rgb, wished: string): string {
  const given = rgbOf(wished) ?? WHITE;
  if (contrast(base, given) >= CONTRAST) return hexOf(given);
  return contrast(base, WHITE) >= contrast(base, BLACK) ? '#ffffff' : '#000000';
}

/** Variables that Mantine's own do not have, or have too pale. */
export function variablesOf({ color, textOnColor }: Brand): CSSVariablesResolver {
  const base = rgbOf(color) ?? FALLBACK;
  const text = onColor(base, textOnColor);
  const of = (scheme: 'light' | 'dark'): Record<string, string> => {
    const paper = rgbOf(PAPER[scheme]) ?? WHITE;
    const own = hexOf(readable(base, scheme));
    const tint = hexOf(mixed(base, paper, TINT[scheme]));
    return {
      '--brand-text': own,
      '--brand-tint': tint,
      '--mantine-color-anchor': own,
      '--mantine-color-brand-text': own,
      '--mantine-color-brand-outline': own,
      '--mantine-color-brand-light': tint,
      '--mantine-color-brand-light-color': own,
    };
  };
  return () => ({
    variables: {
      '--brand': hexOf(base),
      '--on-brand': text,
      '--mantine-primary-color-contrast': text,
      '--mantine-color-brand-filled': hexOf(base),
    },
    light: of('light'),
    dark: of('dark'),
  });
}
