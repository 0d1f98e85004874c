// Stands in the build for a library that is required, but whose part is not used.
module.exports = {};
