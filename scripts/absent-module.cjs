'use strict';
// Stands in the build for a module that is imported but not used: program-bundle.ts and service-bundle.ts list them.
module.exports = () => {
  throw new Error('This module is left out of the build.');
};
