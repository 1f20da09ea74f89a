import { describe, expect, it } from 'vitest';
import { isCi } from './ci.js';

describe('the variable CI', () => {
  it.each(['true', '1', 'yes', 'TRUE', 'woodpecker'])('says that this is a CI machine: %s', (value) => {
    expect(isCi(value)).toBe(true);
  });

  it.each([undefined, '', '0', 'false', 'False', 'FALSE'])('says that it is none: %s', (value) => {
    expect(isCi(value)).toBe(false);
  });
});
