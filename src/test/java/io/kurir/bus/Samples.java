package io.kurir.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kurir.http.Problem;
import io.kurir.whatsapp.Request;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Every record that can go over the bus, once in each of its kinds: found by the addresses that there are, made up by the types of its components. */
final class Samples {
    private static final int DEEP = 12;

    private Samples() {}

    /** By address and kind. */
    static Map<String, Object> all() throws ReflectiveOperationException {
        Map<String, Object> samples = new TreeMap<>();
        for (Address<?, ?> address : addresses()) {
            add(samples, address.name(), address.command());
            add(samples, "reply to " + address.name(), address.reply());
        }
        samples.put(
                "reply to any of them, refused",
                Refusal.of(Problem.invalid(List.of(new Problem.Detail("to", "is missing")))));
        samples.put(
                "reply to any of them, later",
                Refusal.of(Problem.later(Problem.Code.NODE_FULL, "full", Duration.ofSeconds(2))));
        return samples;
    }

    private static void add(Map<String, Object> samples, String address, Class<?> type)
            throws ReflectiveOperationException {
        if (type == Void.class) {
            return;
        }
        for (Object sample : of(type, 0)) {
            samples.put(address + kinds(sample), sample);
        }
    }

    /** The names of its own class and of those of its parts that JSON has to name. */
    private static String kinds(Object sample) {
        StringBuilder kinds = new StringBuilder(" " + sample.getClass().getSimpleName());
        tree(Records.write(sample))
                .findValuesAsText("@class")
                .forEach(name -> kinds.append(' ').append(name.substring(name.lastIndexOf('.') + 1)));
        return kinds.toString();
    }

    /** The JSON of a record's bytes. */
    static JsonNode tree(byte[] bytes) {
        int at = Integer.BYTES + ByteBuffer.wrap(bytes).getInt();
        try {
            return new ObjectMapper().readTree(bytes, at, bytes.length - at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The constants and the methods of a device's (or a node's) id that classes of ours have. */
    static List<Address<?, ?>> addresses() throws ReflectiveOperationException {
        List<Address<?, ?>> addresses = new ArrayList<>();
        for (JavaClass each : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.kurir")) {
            Class<?> type = Class.forName(each.getName(), false, Samples.class.getClassLoader());
            for (Field field : type.getDeclaredFields()) {
                if (field.getType() == Address.class && Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    addresses.add((Address<?, ?>) field.get(type));
                }
            }
            for (Method method : type.getDeclaredMethods()) {
                boolean named = Arrays.stream(method.getParameterTypes()).allMatch(String.class::equals);
                if (method.getReturnType() == Address.class && Modifier.isStatic(method.getModifiers()) && named) {
                    method.setAccessible(true);
                    Object[] names = new Object[method.getParameterCount()];
                    Arrays.fill(names, "id");
                    addresses.add((Address<?, ?>) method.invoke(type, names));
                }
            }
        }
        return addresses;
    }

    private static List<Object> of(Type type, int depth) throws ReflectiveOperationException {
        if (depth > DEEP) {
            throw new IllegalStateException(type + " has itself in it");
        }
        if (type instanceof ParameterizedType given) {
            Class<?> raw = (Class<?>) given.getRawType();
            Type[] of = given.getActualTypeArguments();
            if (raw == List.class) {
                return of(of[0], depth + 1).stream().<Object>map(List::of).toList();
            }
            if (raw == Set.class) {
                return of(of[0], depth + 1).stream().<Object>map(Set::of).toList();
            }
            if (raw == Optional.class) {
                return of(of[0], depth + 1).stream().<Object>map(Optional::of).toList();
            }
            if (raw == Map.class) {
                Object value = of(of[1], depth + 1).getFirst();
                return List.of(Map.of("key", value));
            }
            return of(raw, depth);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isSealed()) {
            List<Object> all = new ArrayList<>();
            for (Class<?> one : raw.getPermittedSubclasses()) {
                all.addAll(of(one, depth + 1));
            }
            return all;
        }
        if (raw == Record.class) {
            return answers(depth);
        }
        return raw.isRecord() ? records(raw, depth) : List.of(plain(raw));
    }

    /** What pages answer: the only place where a component is any record. */
    private static List<Object> answers(int depth) throws ReflectiveOperationException {
        List<Object> all = new ArrayList<>();
        for (Object request : of(Request.class, depth + 1)) {
            all.addAll(of(((Request<?>) request).answer(), depth + 1));
        }
        return all;
    }

    /** Each kind of each component, with the first of the others. */
    private static List<Object> records(Class<?> type, int depth) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        List<List<Object>> values = new ArrayList<>();
        for (RecordComponent component : components) {
            values.add(of(component.getGenericType(), depth + 1));
        }
        Constructor<?> constructor = type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
        constructor.setAccessible(true);
        Object[] firsts = values.stream().map(List::getFirst).toArray();
        List<Object> all = new ArrayList<>(List.of(constructor.newInstance(firsts)));
        for (int i = 0; i < values.size(); i++) {
            for (Object other : values.get(i).subList(1, values.get(i).size())) {
                Object[] given = firsts.clone();
                given[i] = other;
                all.add(constructor.newInstance(given));
            }
        }
        return all;
    }

    private static Object plain(Class<?> type) {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        return switch (type.getName()) {
            case "java.lang.String" -> "text";
            case "int", "java.lang.Integer" -> 7;
            case "long", "java.lang.Long" -> 7_000_000_000L;
            case "double", "java.lang.Double" -> 1.5;
            case "boolean", "java.lang.Boolean" -> true;
            case "java.util.OptionalLong" -> OptionalLong.of(7_000_000_000L);
            case "java.time.Duration" -> Duration.ofMillis(1500);
            case "java.time.Instant" -> Instant.parse("2026-01-15T08:30:00.123Z");
            case "io.vertx.core.json.JsonObject" -> new JsonObject().put("key", "value");
            default -> throw new IllegalStateException("nothing is known of " + type + " on the bus: add it here");
        };
    }
}
