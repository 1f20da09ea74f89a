import { describe, expect, it } from 'vitest';
import { kept, look, updated } from '../../../test/support/rule-finding.js';
import { append, client, dropped, image, says, server } from '../../../test/support/written-log.js';

const SECOND = 32_000;

describe('audio-aligned', () => {
  it('wants whole samples in every append', () => {
    expect(look('audio-aligned', append(3200), append(0))).toBe(kept(2, 'appends'));
    expect(look('audio-aligned', append(3201), append(1))).toBe(
      'broken twice: at 0 ms (3201 bytes in samples of 2), at 100 ms (1 bytes in samples of 2)',
    );
  });

  it('counts the channels that the session has, from there on', () => {
    const two = updated({ channels: 2 });
    expect(look('audio-aligned', append(2), two, append(4))).toBe(kept(2, 'appends'));
    expect(look('audio-aligned', two, append(2))).toBe('broken once: at 100 ms (2 bytes in samples of 4)');
    expect(look('audio-aligned', two, updated(), append(2))).toBe(kept(1, 'appends'));
  });

  it('says nothing of WAV streams and of what is no base64', () => {
    const broken = client({ type: 'input_audio_buffer.append', audio: 'A' });
    expect(look('audio-aligned', updated({ type: 'wav' }), append(3))).toBe(kept(0, 'appends'));
    expect(look('audio-aligned', broken)).toBe(kept(0, 'appends'));
  });
});

describe('audio-base64', () => {
  it.each([
    ['AAAA', true],
    ['AAA=', true],
    ['AAA', false],
    ['AA-_', false],
    ['AAAA\n', false],
    ['data:audio/pcm;base64,AAAA', false],
    ['', false],
    [undefined, false],
    [7, false],
  ])('%j', (audio, ok) => {
    const saw = look('audio-base64', client({ type: 'input_audio_buffer.append', audio }));
    expect(saw.startsWith('kept')).toBe(ok);
  });

  it('tells empty from broken', () => {
    expect(look('audio-base64', append(0))).toBe('broken once: at 0 ms (empty)');
  });
});

describe('image-after-audio', () => {
  const committed = server({ type: 'input_audio_buffer.committed' });
  const [commit, clear] = [says('input_audio_buffer.commit'), says('input_audio_buffer.clear')];
  const broken = (atMs: number) => `broken once: at ${atMs} ms (no audio before it)`;

  it('wants audio before the first image, not an empty append', () => {
    expect(look('image-after-audio', append(2), image, image)).toBe(kept(2, 'images'));
    expect(look('image-after-audio', image, append(2))).toBe(broken(0));
    expect(look('image-after-audio', append(0), image)).toBe(broken(100));
  });

  it('begins anew with a commit or a clear of the client', () => {
    expect(look('image-after-audio', append(2), commit, image)).toBe(broken(200));
    expect(look('image-after-audio', append(2), clear, image)).toBe(broken(200));
    expect(look('image-after-audio', append(2), commit, append(2), image)).toBe(kept(1, 'images'));
  });

  it('does not take a late answer to the commit for another turn', () => {
    expect(look('image-after-audio', append(2), commit, append(2), committed, says('x'), image)).toBe(
      kept(1, 'images'),
    );
  });

  it('begins anew with a commit of voice activity, which the next message may cross', () => {
    expect(look('image-after-audio', append(2), committed, image)).toBe(kept(1, 'images'));
    expect(look('image-after-audio', append(2), committed, image, image)).toBe(broken(300));
    expect(look('image-after-audio', append(2), committed, says('x'), image)).toBe(broken(300));
    expect(look('image-after-audio', append(2), committed, append(2), image)).toBe(kept(1, 'images'));
  });
});

describe('image-rate', () => {
  it('wants a second of audio between two images, at 16 kHz', () => {
    expect(look('image-rate', image, append(SECOND), image)).toBe(kept(2, 'images'));
    expect(look('image-rate', image, append(SECOND / 2), append(SECOND / 2 - 2), image)).toBe(
      'broken once: at 300 ms (999 ms of audio since the one before)',
    );
    expect(look('image-rate', append(10 * SECOND), image, image)).toBe(
      'broken once: at 200 ms (0 ms of audio since the one before)',
    );
  });

  it('at the rate and the channels that the session says', () => {
    expect(look('image-rate', updated({ sample_rate: 8_000 }), image, append(16_000), image)).toBe(
      kept(2, 'images'),
    );
    expect(look('image-rate', updated({ sample_rate: 48_000 }), image, append(95_998), image)).toMatch(
      /^broken/,
    );
    expect(look('image-rate', updated({ channels: 2 }), image, append(SECOND), image)).toMatch(/^broken/);
  });

  it('goes by the session that the client was told, not by one that was dropped', () => {
    const lost = dropped({
      type: 'session.updated',
      session: { audio: { input: { format: { sample_rate: 8_000 } } } },
    });
    expect(look('image-rate', lost, image, append(16_000), image)).toMatch(/^broken/);
  });
});
