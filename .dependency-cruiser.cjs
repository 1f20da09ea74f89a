/** Layering: a room imports only from rooms above it; pure rooms reach no Node built-in, not even through others. */
const ROOMS = [
  'protocol',
  'media',
  'session-log',
  'scenarios',
  'assertions',
  'recordings',
  'mock-server',
  'proxy',
  'client',
  'control-client',
  'play',
  'fuzz',
  'report',
  'integrations',
  'demo',
  'cli',
];
const room = (name) => `^src/${name}/`;
const below = ROOMS.slice(0, -1).map((name, index) => ({
  name: `${name}-imports-only-upwards`,
  severity: 'error',
  comment: `src/${name} may import only from the rooms listed before it.`,
  from: { path: room(name), pathNot: '\\.test\\.ts$' },
  to: {
    path: ROOMS.slice(index + 1)
      .map(room)
      .concat('^src/[^/]+\\.ts$'),
  },
}));
const PURE =
  '^src/(protocol|media|session-log|scenarios(?!/files)|assertions|recordings(?!/files)|mock-server/session)/';

module.exports = {
  forbidden: [
    ...below,
    {
      name: 'client-knows-protocol-and-media-only',
      severity: 'error',
      from: { path: room('client'), pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(?!protocol/|media/|client/)' },
    },
    {
      name: 'control-client-shares-types-only',
      severity: 'error',
      comment:
        'The client of the control API runs in a browser: of the server it knows types and nothing else.',
      from: { path: room('control-client'), pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(?!protocol/|control-client/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'control-client-reaches-no-node',
      severity: 'error',
      from: { path: room('control-client'), pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'pure-rooms-reach-no-node',
      severity: 'error',
      comment:
        'Pure rooms run in a browser: no Node built-in, no socket library, directly or through others.',
      from: { path: PURE, pathNot: '\\.test\\.ts$' },
      to: { path: `^(node:)?(${require('node:module').builtinModules.join('|')})$`, reachable: true },
    },
    {
      name: 'pure-rooms-open-no-socket',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.test\\.ts$' },
      to: { path: ['^node_modules/ws/', '^src/mock-server/(?!session/)'], reachable: true },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
