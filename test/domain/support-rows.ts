/** The rows of one account are those that scenarios are played on: one fold for the tables of decisions and for them. */
export * from '../../src/simulate/rows.js';
