import { describe, expect, it } from 'vitest';
import { renderVerification } from './verification-text.js';

describe('a verification as text', () => {
  it('has one line a check and ends with a count', () => {
    const text = renderVerification({
      ok: false,
      checks: [
        { place: 'log', what: 'the log is complete', ok: true, saw: '1 connection' },
        {
          place: 'expect[1]',
          what: 'the client sends response.cancel at most once',
          ok: false,
          saw: 'twice: at 300 ms, at 1200 ms',
          because: 'the second one is refused',
        },
      ],
    });
    expect(text.split('\n')).toEqual([
      'ok      log        the log is complete – 1 connection',
      'FAILED  expect[1]  the client sends response.cancel at most once – twice: at 300 ms, at 1200 ms (because: the second one is refused)',
      '2 checks, 1 failed',
    ]);
  });

  it('keeps what a client or a scenario wrote on its line', () => {
    const check = {
      place: 'log',
      what: 'one\ntwo',
      ok: true,
      saw: '\u001b[2Jthree\u2028four',
      because: 'five\r\nsix',
    };
    const text = renderVerification({ ok: true, checks: [check] });
    expect(text.split('\n')).toEqual([
      'ok      log  one two –  [2Jthree four (because: five six)',
      '1 check, 0 failed',
    ]);
  });

  it('says so when there is nothing', () => {
    expect(renderVerification({ ok: true, checks: [] })).toBe('0 checks, 0 failed');
  });
});
