// Boost.URL's implementation, compiled here once. Its headers come with
// Boost's, but its library would be one more package to install.
#include <boost/url/src.hpp>
