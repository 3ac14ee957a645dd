// The types of uplot.js, from the package that it is made of.
export { default } from "uplot";
