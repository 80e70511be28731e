# Finds ZooKeeper's C client, for which the distribution ships neither a CMake
# package nor a pkg-config file. Defines the target ZooKeeper::mt.
find_path(ZOOKEEPER_INCLUDE_DIR zookeeper/zookeeper.h)
find_library(ZOOKEEPER_MT_LIBRARY zookeeper_mt)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  ZooKeeper REQUIRED_VARS ZOOKEEPER_MT_LIBRARY ZOOKEEPER_INCLUDE_DIR)

if(ZooKeeper_FOUND AND NOT TARGET ZooKeeper::mt)
  find_package(Threads REQUIRED)
  add_library(ZooKeeper::mt UNKNOWN IMPORTED)
  set_target_properties(
    ZooKeeper::mt
    PROPERTIES IMPORTED_LOCATION ${ZOOKEEPER_MT_LIBRARY}
               INTERFACE_INCLUDE_DIRECTORIES ${ZOOKEEPER_INCLUDE_DIR})
  target_link_libraries(ZooKeeper::mt INTERFACE Threads::Threads)
endif()
mark_as_advanced(ZOOKEEPER_INCLUDE_DIR ZOOKEEPER_MT_LIBRARY)
