/** The recording proxy: between a client and the service, or a stand-in for it. */
export type { DeclaredProvenance } from './provenance.js';
export {
  PROXY_MODES,
  type ProxyMode,
  type ProxyRecording,
  type RecordingClock,
  type RecordingProxyOptions,
  type ReplayBackend,
} from './proxy-options.js';
export { createRecordingProxy, type RecordingProxy } from './recording-proxy.js';
