/**
 * The media room: PCM16, WAV, JPEG checks, base64, SHA-256 and synthetic speech. Must never touch the wire, a
 * clock or the file system.
 */
export * from './base64.js';
export * from './jpeg.js';
export * from './jpeg-decode.js';
export * from './pcm.js';
export * from './sha256.js';
export * from './synthetic-speech.js';
export * from './voice-activity.js';
export * from './wav.js';
export * from './wav-import.js';
