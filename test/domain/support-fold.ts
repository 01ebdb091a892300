/** The very fold that scenarios are played with, so that its walls stand in every test of a decision. */
export { fold } from '../../src/simulate/fold.js';
