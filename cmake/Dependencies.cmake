# The libraries of the programs, as imported targets.

find_package(PkgConfig REQUIRED)
pkg_check_modules(mnl REQUIRED IMPORTED_TARGET libmnl)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(cares REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(cjson REQUIRED IMPORTED_TARGET libcjson)

# Debian's iniparser has no pkg-config file.
find_path(INIPARSER_INCLUDE iniparser/iniparser.h REQUIRED)
# The archive of these two small files where there is one: loading the shared library is a twelfth
# of what a short program like fo-check-ftth has to do.
find_library(INIPARSER_LIBRARY NAMES libiniparser.a iniparser REQUIRED)
