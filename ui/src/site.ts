// Every page: the framework's styles, the theme, and its few behaviours.
import "bootstrap/dist/css/bootstrap.min.css";
import "./theme.css";
import "bootstrap/js/dist/collapse";
import "bootstrap/js/dist/dropdown";
