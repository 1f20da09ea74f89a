/** Scenarios from files, and the library that comes with the project. */
export { libraryFile, libraryNames, libraryScenario } from './library.js';
export { loadScenario, loadScenarioText, scenarioNameOf } from './load-scenario.js';
