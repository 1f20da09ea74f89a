import { describe, expect, it } from 'vitest';
import { kept, look } from '../../../test/support/rule-finding.js';
import { created, delta, done, dropped, invented, says, server } from '../../../test/support/written-log.js';

describe('create-when-idle', () => {
  const create = says('response.create');
  const cancel = says('response.cancel');
  const broken = (atMs: number, number = 1) =>
    `broken once: at ${atMs} ms (while response ${number} was not done)`;

  it('wants none between created and done', () => {
    expect(look('create-when-idle', create, server(created('r')), server(done('r')), create)).toBe(
      kept(2, 'requests'),
    );
    expect(look('create-when-idle', create, server(created('r')), create, server(done('r')))).toBe(
      broken(200),
    );
    expect(look('create-when-idle', server(created('r')), server(delta('r')), create)).toBe(broken(200));
    expect(look('create-when-idle', server(created('r')), server(done('other')), create)).toBe(broken(200));
  });

  it('ignores responses of other conversations', () => {
    const own = [server(created('r')), server(done('r'))];
    const side = (conversation_id: unknown) => invented(created('x', { conversation_id }));
    expect(look('create-when-idle', ...own, side('conv_2'), create)).toBe(kept(1, 'requests'));
    expect(look('create-when-idle', ...own, side(null), create)).toBe(kept(1, 'requests'));
    expect(look('create-when-idle', ...own, side('conv_1'), create)).toBe(broken(300, 2));
    expect(look('create-when-idle', ...own, side(undefined), create)).toBe(broken(300, 2));
  });

  it('takes a response without a done for over when it was cancelled, interrupted or replaced', () => {
    const started = server({ type: 'input_audio_buffer.speech_started' });
    expect(look('create-when-idle', server(created('r')), cancel, create)).toBe(kept(1, 'requests'));
    expect(look('create-when-idle', server(created('r')), started, create)).toBe(kept(1, 'requests'));
    const replaced = [server(created('r')), server(created('s')), server(done('s')), create];
    expect(look('create-when-idle', ...replaced)).toBe(kept(1, 'requests'));
  });

  it('waits for the done of a cancelled response where there is one', () => {
    expect(look('create-when-idle', server(created('r')), cancel, create, server(done('r')))).toBe(
      broken(200),
    );
  });

  it('takes an id that is announced twice for one response, which is over with its first done', () => {
    const twice = [server(created('r')), invented(created('r'))];
    expect(look('create-when-idle', ...twice, server(done('r')), create, invented(done('r')))).toBe(
      kept(1, 'requests'),
    );
    expect(look('create-when-idle', ...twice, server(done('r')), server(created('s')), create)).toBe(
      broken(400, 2),
    );
  });

  it('does not count a done that was dropped, nor a response that nobody was told of', () => {
    expect(look('create-when-idle', server(created('r')), dropped(done('r')), create)).toBe(broken(200));
    expect(look('create-when-idle', dropped(created('r')), create)).toBe(kept(1, 'requests'));
  });
});

describe('cancel-when-active', () => {
  const cancel = says('response.cancel');
  const idle = (atMs: number) => `broken once: at ${atMs} ms (no response was active)`;

  it('wants an active response', () => {
    expect(look('cancel-when-active', server(created('r')), cancel, server(done('r')))).toBe(
      kept(1, 'cancels'),
    );
    expect(look('cancel-when-active', cancel)).toBe(idle(0));
    expect(look('cancel-when-active', cancel, server(created('r')))).toBe(idle(0));
    expect(look('cancel-when-active', dropped(created('r')), cancel)).toBe(idle(100));
  });

  it('allows one for a response', () => {
    const twice = [server(created('r')), cancel, cancel, server(done('r'))];
    expect(look('cancel-when-active', ...twice)).toBe(
      'broken once: at 200 ms (response 1 was cancelled already)',
    );
    const each = [server(created('r')), cancel, server(done('r')), server(created('s')), cancel];
    expect(look('cancel-when-active', ...each)).toBe(kept(2, 'cancels'));
    const crossed = [
      server(created('r')),
      server(created('s', { conversation_id: 'x' })),
      cancel,
      cancel,
      cancel,
    ];
    expect(look('cancel-when-active', ...crossed)).toBe(
      'broken once: at 400 ms (response 2 was cancelled already)',
    );
  });

  it('allows one for a response that is announced twice', () => {
    expect(look('cancel-when-active', server(created('r')), invented(created('r')), cancel, cancel)).toBe(
      'broken once: at 300 ms (response 1 was cancelled already)',
    );
  });

  it('forgives the one that crosses a done beside a response that was cancelled', () => {
    const beside = [server(created('r')), cancel, server(created('s', { conversation_id: 'x' }))];
    expect(look('cancel-when-active', ...beside, server(done('s')), cancel)).toBe(kept(2, 'cancels'));
    expect(look('cancel-when-active', ...beside, server(done('s')), says('x'), cancel)).toBe(
      'broken once: at 500 ms (response 1 was cancelled already)',
    );
  });

  it('forgives the one that crosses the done: the first message behind it', () => {
    const over = [server(created('r')), says('x'), server(done('r'))];
    expect(look('cancel-when-active', ...over, cancel)).toBe(kept(1, 'cancels'));
    expect(look('cancel-when-active', ...over, cancel, cancel)).toBe(idle(400));
    expect(look('cancel-when-active', ...over, says('x'), cancel)).toBe(idle(400));
    expect(look('cancel-when-active', server(created('r')), cancel, server(done('r')), cancel)).toBe(
      idle(300),
    );
  });

  it('takes a response whose done never went out for active until the next one', () => {
    const lost = [server(created('r')), dropped(done('r')), says('x')];
    expect(look('cancel-when-active', ...lost, cancel)).toBe(kept(1, 'cancels'));
    expect(
      look('cancel-when-active', ...lost, server(created('s')), server(done('s')), says('x'), cancel),
    ).toBe(idle(600));
  });
});
