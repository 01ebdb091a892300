import { describe, expect, it } from 'vitest';
import { readSmtpUrl } from '../../src/adapters/mail/smtp-url.js';

const read = (url: string) => {
  const reading = readSmtpUrl(url);
  if (reading.kind === 'unreadable') throw new Error(reading.problem);
  return reading.server;
};

describe('an SMTP URL', () => {
  it('has the ports of mail submission where it names none', () => {
    expect(read('smtp://mail.example.com').port).toBe(587);
    expect(read('smtps://mail.example.com').port).toBe(465);
    expect(read('smtp://mail.example.com:25').port).toBe(25);
  });

  it('lets a password travel to another machine only over TLS, unless it says otherwise itself', () => {
    expect(read('smtp://u:p@mail.example.com').requireTls).toBe(true);
    expect(read('smtp://u:p@mail.example.com?requireTLS=false').requireTls).toBe(false);
    expect(read('smtp://mail.example.com').requireTls).toBe(false);
    expect(read('smtp://u:p@localhost').requireTls).toBe(false);
  });

  it('wants a valid certificate of every machine but this one', () => {
    expect(read('smtp://mail.example.com').verifyCertificate).toBe(true);
    expect(read('smtp://mail.example.com?tls.rejectUnauthorized=false').verifyCertificate).toBe(false);
    for (const here of ['127.0.0.1', '127.1.2.3', '[::1]', 'localhost']) {
      expect(read(`smtp://${here}`).verifyCertificate).toBe(false);
    }
    expect(read('smtp://127.0.0.1.evil.test').verifyCertificate).toBe(true);
  });

  it('undoes the escapes of user and password', () => {
    expect(read('smtp://a%40b.c:x%2Fy%3Az@host').login).toEqual({ user: 'a@b.c', password: 'x/y:z' });
  });

  it.each([
    ['mail.example.com', 'cannot be read'],
    ['http://mail.example.com', 'neither'],
    ['smtp://', 'no host'],
    ['smtp://host/path', 'path'],
    ['smtp://host?logger=true', 'unknown parameter'],
    ['smtp://host?requireTLS=yes', 'neither true nor false'],
    ['smtp://u:%zz@host', 'not an escape'],
    ['smtp://:secret@host', 'no user'],
  ])('%s is refused in a sentence', (url, words) => {
    const reading = readSmtpUrl(url);
    expect(reading).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining(words) });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });
});
