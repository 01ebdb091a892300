/** A notice as plain text: the whole of it, for those who read mail that way and for what reads it aloud. */
import type { NoticeContent, NoticeLink, NoticeVoice } from './notice-content.js';
import { ENGLISH } from './notice-words/english.js';

/** Columns. Plain text is read in windows of any width; this fits the narrowest that is still common. */
const WIDTH = 72;

function wrapped(paragraph: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

function table(rows: NoticeContent['rows']): string {
  const widest = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${`${label}:`.padEnd(widest + 2)} ${value}`).join('\n');
}

/** Why this person gets this mail, and whom to ask. */
export const footerLine = ({ say }: NoticeVoice): string => say(ENGLISH.footer);

/** The product's standing pages. */
export function footerLinks(voice: NoticeVoice): readonly NoticeLink[] {
  const pages = [
    [ENGLISH.links.support, voice.page('support')],
    [ENGLISH.links.legal, voice.page('legal')],
  ] as const;
  return pages.flatMap(([label, url]) => (url === null ? [] : [{ label, url }]));
}

export function layOutText(content: NoticeContent, voice: NoticeVoice): string {
  const { supportEmail, product } = voice.words;
  const button = content.button === null ? [] : [content.button];
  const link = ({ label, url }: NoticeLink): string => `${label}:\n${url}`;
  const blocks = [
    content.heading,
    ...content.paragraphs.map(wrapped),
    ...button.map(link),
    table(content.rows),
    ...content.links.map(link),
    [
      '-- ',
      product,
      ...(supportEmail === null ? [] : [`${ENGLISH.questions} ${supportEmail}`]),
      ...footerLinks(voice).map(({ label, url }) => `${label}: ${url}`),
      wrapped(footerLine(voice)),
    ].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
